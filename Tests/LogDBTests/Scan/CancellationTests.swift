import LogModel
import Testing

@testable import LogDB

struct CancellationTests {
    /// Runs `body` in a task that is cancelled before it begins.
    private func cancelled<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        try await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await body()
        }.value
    }

    @Test func aCancelledTaskGetsNothingButItsError() async throws {
        let mixed = try await MixedStore.make(seed: 70, rowCount: 200)
        let store = mixed.store
        await #expect { try await cancelled { try await store.storedRows() } } throws: {
            ($0 as? LogError)?.code == .cancelled
        }
        await #expect { try await cancelled { try await store.storedRows(ScanRequest(limit: 3)) } } throws: {
            ($0 as? LogError)?.code == .cancelled
        }
        await #expect {
            try await cancelled { try await store.aggregate(AggregateRequest(keys: [.field(.device)])) }
        } throws: {
            ($0 as? LogError)?.code == .cancelled
        }
        await #expect { try await cancelled { try await store.fieldNames(range: .all, filter: .everything) } } throws: {
            ($0 as? LogError)?.code == .cancelled
        }
        // The store goes on.
        #expect(try await store.storedRows() == mixed.expected(.everything))
        await store.close()
    }

    @Test func aScanCancelledBetweenItsChunksEnds() async throws {
        let mixed = try await MixedStore.make(seed: 71, rowCount: 600)
        let store = mixed.store
        let task = Task { () -> Int in
            var count = 0
            // Windows of a few rows, so that work is left after the first.
            for try await rows in store.scan(ScanRequest(memoryByteCountMax: 10_000)) {
                count += rows.count
                withUnsafeCurrentTask { $0?.cancel() }
            }
            return count
        }
        await #expect { try await task.value } throws: { ($0 as? LogError)?.code == .cancelled }
        await store.close()
    }

    @Test func aDeadlineThatHasPassedEndsTheWork() async throws {
        let mixed = try await MixedStore.make(seed: 72, rowCount: 200)
        let store = mixed.store
        let past = ContinuousClock.now - .seconds(1)
        for limit in [nil, 5] {
            await #expect { try await store.storedRows(ScanRequest(limit: limit, deadline: past)) } throws: {
                ($0 as? LogError)?.code == .timeBudget
            }
        }
        await #expect { try await store.aggregate(AggregateRequest(keys: [.field(.device)], deadline: past)) } throws: {
            ($0 as? LogError)?.code == .timeBudget
        }
        await #expect { try await store.fieldNames(range: .all, filter: .everything, deadline: past) } throws: {
            ($0 as? LogError)?.code == .timeBudget
        }
        let future = ContinuousClock.now + .seconds(3_600)
        #expect(try await store.storedRows(ScanRequest(deadline: future)) == mixed.expected(.everything))
        await store.close()
    }

    @Test func aScanThatIsDroppedHalfWayHoldsNothingUp() async throws {
        let mixed = try await MixedStore.make(seed: 73, rowCount: 300)
        for _ in 0..<20 {
            var iterator = mixed.store.scan(ScanRequest(memoryByteCountMax: 20_000)).makeAsyncIterator()
            #expect(try await iterator.next()?.isEmpty == false)
        }
        await mixed.store.close()
    }

    @Test func afterTheCloseEveryCallSaysSo() async throws {
        let mixed = try await MixedStore.make(seed: 74, rowCount: 300)
        let store = mixed.store
        var begun = store.scan(ScanRequest(memoryByteCountMax: 20_000)).makeAsyncIterator()
        #expect(try await begun.next()?.isEmpty == false)
        await store.close()
        await #expect { try await begun.next() } throws: { ($0 as? LogError)?.code == .closed }
        await #expect { try await store.storedRows() } throws: { ($0 as? LogError)?.code == .closed }
        await #expect { try await store.append(Batch([mixed.rows[0].entry])) } throws: {
            ($0 as? LogError)?.code == .closed
        }
        await #expect { try await store.aggregate(AggregateRequest()) } throws: { ($0 as? LogError)?.code == .closed }
        await #expect { try await store.fieldNames(range: .all, filter: .everything) } throws: {
            ($0 as? LogError)?.code == .closed
        }
        await #expect { try await store.entry(mixed.rows[0].key) } throws: { ($0 as? LogError)?.code == .closed }
        await #expect { try await store.storageReport() } throws: { ($0 as? LogError)?.code == .closed }
        await #expect { try await store.compact() } throws: { ($0 as? LogError)?.code == .closed }
        #expect(!store.health.isAccepting)
        await store.close()
    }
}
