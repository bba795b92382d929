import LogModel
import Testing

@testable import LogDB

/// A batch is stored once however often it is sent.
struct DeduplicationTests {
    private func batch(_ number: Int, count: Int = 3) -> Batch {
        Batch(
            (0..<count).map {
                Entry(
                    time: Timestamp(microseconds: Int64(number * 100 + $0)), device: "D", session: "S",
                    message: "batch \(number), entry \($0)")
            })
    }

    private func identity(_ sequence: UInt64, boot: String = "b1", device: String = "D") -> BatchIdentity {
        BatchIdentity(device: device, boot: boot, sequence: sequence)
    }

    private func expectCode(
        _ code: LogError.Code, _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await #expect(sourceLocation: sourceLocation) { try await body() } throws: { ($0 as? LogError)?.code == code }
    }

    @Test func aReplayIsAcknowledgedAndNotStoredAgain() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path)
        let first = try await store.append(batch(1), identity: identity(1))
        #expect(first == AppendReceipt(accepted: 3, duplicates: 0, rejected: [], acknowledgedThrough: 1))
        for round in 0..<3 {
            let again = try await store.append(batch(1), identity: identity(1))
            #expect(again == AppendReceipt(accepted: 0, duplicates: 3, rejected: [], acknowledgedThrough: 1))
            #expect(try await store.entries().count == 3)
            if round == 0 { try await store.sealHead() }
            if round == 1 {
                await store.close()
                store = try await LogStore.open(at: directory.path)
            }
        }
        #expect(store.metrics.entriesDuplicate == 3)
        #expect(store.metrics.entriesAccepted == 0)
        await store.close()
    }

    @Test func otherContentUnderAUsedSequenceIsRefused() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path)
        _ = try await store.append(batch(1), identity: identity(1))
        for _ in 0..<2 {
            await expectCode(.sequenceConflict) { _ = try await store.append(batch(2), identity: identity(1)) }
            await expectCode(.sequenceConflict) {
                _ = try await store.append(batch(1, count: 2), identity: identity(1))
            }
            await expectCode(.sequenceConflict) { _ = try await store.append(Batch(), identity: identity(1)) }
            #expect(try await store.entries().count == 3)
            await store.close()
            store = try await LogStore.open(at: directory.path)
        }
        // The store goes on, and the sequence stays what it was.
        #expect(try await store.append(batch(1), identity: identity(1)).duplicates == 3)
        #expect(try await store.append(batch(2), identity: identity(2)).accepted == 3)
        await store.close()
    }

    @Test func aBatchMayOvertakeAnother() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path)
        var acknowledged: [UInt64?] = []
        for sequence: UInt64 in [2, 3, 1, 7, 5, 4, 6] {
            let receipt = try await store.append(batch(Int(sequence)), identity: identity(sequence))
            #expect(receipt.accepted == 3)
            acknowledged.append(receipt.acknowledgedThrough)
            if sequence == 7 {
                await store.close()
                store = try await LogStore.open(at: directory.path)
            }
        }
        #expect(acknowledged == [nil, nil, 3, 3, 3, 5, 7])
        for sequence: UInt64 in 1...7 {
            #expect(try await store.append(batch(Int(sequence)), identity: identity(sequence)).duplicates == 3)
        }
        #expect(try await store.entries().count == 21)
        await store.close()
    }

    @Test func theSameSequenceOfAnotherBootOrDeviceIsAnotherBatch() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let names = ["", "b", "b\u{0}", "b\u{0}\u{0}", "\u{0}b", "bb"]
        for device in ["D", "E"] {
            for boot in names {
                let receipt = try await store.append(batch(1), identity: identity(1, boot: boot, device: device))
                #expect(receipt.accepted == 3, "\(device) \(boot.debugDescription)")
            }
        }
        for device in ["D", "E"] {
            for boot in names {
                #expect(
                    try await store.append(batch(1), identity: identity(1, boot: boot, device: device)).duplicates == 3)
            }
        }
        #expect(try await store.entries().count == 36)
        await store.close()
    }

    @Test func aBatchWithoutAnIdentityIsStoredEachTime() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        for _ in 0..<3 { #expect(try await store.append(batch(1)).accepted == 3) }
        #expect(try await store.entries().count == 9)
        await store.close()
    }

    @Test func anEmptyBatchTakesItsSequence() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        #expect(
            try await store.append(Batch())
                == AppendReceipt(accepted: 0, duplicates: 0, rejected: [], acknowledgedThrough: nil))
        #expect(try await store.append(Batch(), identity: identity(1)).acknowledgedThrough == 1)
        #expect(try await store.append(Batch(), identity: identity(1)).duplicates == 0)
        await expectCode(.sequenceConflict) { _ = try await store.append(batch(1), identity: identity(1)) }
        #expect(try await store.entries().isEmpty)
        await store.close()
    }

    @Test func manySendersOfOneBatchStoreItOnce() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let receipts = try await withThrowingTaskGroup(of: AppendReceipt.self) { group in
            for sequence in 1...10 as ClosedRange<UInt64> {
                for _ in 0..<12 {
                    group.addTask { try await store.append(batch(Int(sequence)), identity: identity(sequence)) }
                }
            }
            return try await group.reduce(into: [AppendReceipt]()) { $0.append($1) }
        }
        #expect(receipts.filter { $0.accepted == 3 && $0.duplicates == 0 }.count == 10)
        #expect(receipts.filter { $0.accepted == 0 && $0.duplicates == 3 }.count == 110)
        #expect(try await store.entries().count == 30)
        #expect(try await store.sessions().map(\.totalLogs) == [30])
        await store.close()
    }

    /// Past its bound the window gives the oldest gap up: a late batch of it is refused, which its sender sees, and not
    /// taken for one that is stored.
    @Test func aGapThatWasGivenUpIsExpiredAndNotLost() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path)
        let known = UInt64(ReceivedSequences.rangeCountMax)
        let last = 1 + (known + 5) * 2
        let opened = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sequence in stride(from: 1, through: last, by: 2) {
                group.addTask {
                    _ = try await opened.append(Batch(), identity: identity(sequence), durability: .interval)
                }
            }
            try await group.waitForAll()
        }
        for _ in 0..<2 {
            await expectCode(.sequenceExpired) { _ = try await store.append(batch(1), identity: identity(2)) }
            #expect(try await store.append(Batch(), identity: identity(last)).accepted == 0)
            await store.close()
            store = try await LogStore.open(at: directory.path)
        }
        #expect(try await store.append(batch(1), identity: identity(last - 1)).accepted == 3)
        #expect(try await store.append(batch(2), identity: identity(1, boot: "b2")).accepted == 3)
        #expect(try await store.entries().count == 6)
        await store.close()
    }

    /// Beyond the records that are kept a replay is known by its sequence alone.
    @Test func anOldReplayIsStillADuplicate() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        _ = try await store.append(batch(1), identity: identity(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sequence in 2...4_200 as ClosedRange<UInt64> {
                group.addTask {
                    _ = try await store.append(Batch(), identity: identity(sequence), durability: .interval)
                }
            }
            try await group.waitForAll()
        }
        let receipt = try await store.append(batch(1), identity: identity(1))
        #expect(receipt == AppendReceipt(accepted: 0, duplicates: 3, rejected: [], acknowledgedThrough: 4_200))
        // Records are kept for the newest batches of a boot, not for ever.
        #expect(try store.contents(.batches).count <= 4_100)
        await store.close()
    }

    @Test func aCallersOwnHashTellsBatchesApart() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        _ = try await store.append(batch(1), identity: identity(1), contentHash: 77)
        #expect(try await store.append(batch(2), identity: identity(1), contentHash: 77).duplicates == 3)
        await expectCode(.sequenceConflict) {
            _ = try await store.append(batch(1), identity: identity(1), contentHash: 78)
        }
        await store.close()
    }
}
