import LogModel
import Synchronization
import Testing

@testable import LogDB

struct GroupCommitTests {
    private static let small: Options = {
        var options = Options()
        options.headRowCountMax = 1_024
        options.blockRowCountMax = 256
        options.mergeFanIn = 4
        return options
    }()

    /// What one task has appended it sees at once, while others append and heads are sealed and merged.
    @Test func everyTaskSeesItsOwnEntriesAsSoonAsTheyAreAcknowledged() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: Self.small)
        let taskCount = 16
        let roundCount = 12
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<taskCount {
                group.addTask {
                    let filter = Filter.value(.device, .equals(Array("D\(task)".utf8), caseSensitive: true))
                    for round in 0..<roundCount {
                        let entries = (0..<20).map {
                            Entry(
                                time: Timestamp(microseconds: Int64(round * 1_000 + $0)), device: "D\(task)",
                                session: "S",
                                message: "\(task) \(round) \($0)")
                        }
                        #expect(try await store.append(Batch(entries)).accepted == 20)
                        let result = try await store.aggregate(AggregateRequest(filter: filter))
                        #expect(result.groups.map(\.count) == [UInt64((round + 1) * 20)])
                    }
                }
            }
            try await group.waitForAll()
        }
        let metrics = store.metrics
        #expect(metrics.entriesAccepted == UInt64(taskCount * roundCount * 20))
        #expect(metrics.batchesCommitted == UInt64(taskCount * roundCount))
        #expect(metrics.commits <= metrics.batchesCommitted)
        #expect(metrics.maintenanceFailures == 0)
        let found = try await store.storedRows()
        #expect(found.count == taskCount * roundCount * 20)
        #expect(Set(found.map(\.key)).count == found.count)
        #expect(Set(found.map(\.key.sequence)).count == found.count)
        await store.close()
    }

    @Test func aBatchIsSeenWholeOrNotAtAll() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: Self.small)
        let writer = Task {
            for round in 0..<60 {
                let batch = Batch(
                    (0..<50).map {
                        Entry(
                            time: Timestamp(microseconds: Int64($0)), device: "D", message: "",
                            context: [.init("round", "\(round)")])
                    })
                _ = try await store.append(batch)
            }
        }
        var seen = 0
        while seen < 60 {
            let result = try await store.aggregate(AggregateRequest(keys: [.field(.context("round"))]))
            #expect(result.groups.allSatisfy { $0.count == 50 })
            #expect(result.groups.count >= seen)
            seen = result.groups.count
        }
        try await writer.value
        await store.close()
    }

    /// Heads that are not sealed hold up what is appended: three of them, and what waits, is all the memory there is.
    @Test func entriesThatComeFasterThanTheyAreSealedWait() async throws {
        let directory = try TemporaryDirectory()
        let rocks = try RocksStore(path: directory.path, cacheByteCount: 1 << 20)
        let head = Head(firstSequence: 1)
        let view = CurrentView(StoreView(heads: [head], segments: []))
        let frozen = Mutex(0)
        let queue = CommitQueue(
            rocks, view: view, head: head, nextSequence: 1, options: Self.small,
            disk: DiskGuard(path: directory.path, options: Self.small), counters: StoreCounters(),
            onFreeze: { _ in frozen.withLock { $0 += 1 } })
        let answers = AnswerLog()
        for number in 0..<8 {
            let batch = Batch(
                (0..<512).map { Entry(time: Timestamp(microseconds: Int64($0)), device: "D\(number)", message: "m") })
            queue.submit(
                AppendRequest(
                    batch: batch, staged: [UInt8](repeating: 0, count: 2 << 20), received: 1, identity: nil,
                    contentHash: 0, rejected: [], isSynced: false, answer: { answers.append($0) }))
        }
        queue.start()
        // A batch a commit: two make a head full.
        while answers.all.count < 6 { await Task.yield() }
        queue.requestSeal()
        for _ in 0..<1_000 { await Task.yield() }
        #expect(answers.all.count == 6)
        #expect(frozen.withLock { $0 } == 2)
        #expect(view.snapshot().heads.map(\.rowCount) == [1_024, 1_024, 1_024])
        queue.didSeal()
        while answers.all.count < 8 { await Task.yield() }
        #expect(frozen.withLock { $0 } == 3)
        queue.stop()
        #expect(answers.all.allSatisfy { (try? $0.get())?.accepted == 512 })
        rocks.close()
    }

    /// Requests that wait while nothing is committed are bounded by their bytes.
    @Test func moreThanMayWaitIsRefusedAndWhatWaitsIsCommitted() async throws {
        let directory = try TemporaryDirectory()
        let rocks = try RocksStore(path: directory.path, cacheByteCount: 1 << 20)
        let head = Head(firstSequence: 1)
        let queue = CommitQueue(
            rocks, view: CurrentView(StoreView(heads: [head], segments: [])), head: head, nextSequence: 1,
            options: Options(), disk: DiskGuard(path: directory.path, options: Options()), counters: StoreCounters(),
            onFreeze: { _ in })
        let answers = AnswerLog()
        // The thread is not started: everything waits.
        for number in 0..<80 {
            let batch = Batch([Entry(time: Timestamp(microseconds: Int64(number)), device: "D", message: "m")])
            queue.submit(
                AppendRequest(
                    batch: batch, staged: [UInt8](repeating: 0, count: 1 << 20), received: 1, identity: nil,
                    contentHash: 0,
                    rejected: [], isSynced: false, answer: { answers.append($0) }))
        }
        let refused = answers.all
        #expect(refused.count == 16)
        for answer in refused {
            #expect(throws: LogError.self) { try answer.get() }
            if case .failure(let error) = answer { #expect(error.code == .backpressure) }
        }
        queue.start()
        queue.stop()
        #expect(answers.all.count == 80)
        #expect(answers.all.dropFirst(16).allSatisfy { (try? $0.get())?.accepted == 1 })
        #expect(head.rowCount == 64)
        queue.submit(
            AppendRequest(
                batch: Batch(), staged: [], received: 1, identity: nil, contentHash: 0, rejected: [], isSynced: false,
                answer: { answers.append($0) }))
        if case .failure(let error)? = answers.all.last { #expect(error.code == .closed) }
        rocks.close()
    }
}
