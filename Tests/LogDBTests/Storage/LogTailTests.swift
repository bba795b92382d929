import LogModel
import Testing

@testable import LogDB

/// A crash cuts the write-ahead log anywhere behind what was synced: whole batches are there, in the order of their
/// commit, and every one that was acknowledged before the cut.
struct LogTailTests {
    private struct Step {
        var identity: BatchIdentity
        var entries: [Entry]
        /// Bytes of the log when the batch was acknowledged.
        var logByteCount = 0
    }

    /// Appends batches, and seals and merges between them, without a file of RocksDB's other than its log.
    private func write(_ directory: TemporaryDirectory) async throws -> [Step] {
        let store = try await LogStore.open(at: directory.path, options: Self.options)
        var factory = EntryFactory(seed: 8)
        var steps: [Step] = []
        for sequence in 1...24 as ClosedRange<UInt64> {
            var step = Step(
                identity: BatchIdentity(device: "DEV-0", boot: "b", sequence: sequence),
                entries: factory.entries(Int.random(in: 1...12, using: &factory.generator)).map(\.normalized))
            _ = try await store.append(Batch(step.entries), identity: step.identity)
            step.logByteCount = try logByteCount(directory)
            steps.append(step)
            if sequence % 5 == 0 { try await store.sealHead() }
            if sequence == 16 { try await store.maintenance.mergeAll { _, _ in } }
        }
        #expect(store.metrics.segmentsMerged == 3)
        await store.close()
        #expect(try directory.files(".sst") == [])
        return steps
    }

    /// Sealing, merging and removal by request only.
    private static let options: Options = {
        var options = Options()
        options.mergeFanIn = 64
        return options
    }()

    private func logByteCount(_ directory: TemporaryDirectory) throws -> Int {
        let logs = try directory.files(".log")
        #expect(logs.count == 1)
        return try directory.bytes(of: logs[0]).count
    }

    @Test func aCutAnywhereLeavesWholeBatchesAndAllThatWereAcknowledged() async throws {
        let directory = try TemporaryDirectory()
        let steps = try await write(directory)
        let size = try logByteCount(directory)
        var generator = SeededGenerator(seed: 9)
        var cuts = (0..<40).map { _ in Int.random(in: 0...size, using: &generator) }
        for step in steps { cuts += [step.logByteCount - 1, step.logByteCount].filter { $0 % 4 == 0 } }
        cuts += [0, 1, 6, 7, size - 1, size]
        for cut in cuts {
            let crashed = try directory.copy()
            try crashed.truncate(try crashed.files(".log")[0], to: cut)
            try await check(crashed, steps, cut: cut)
        }
    }

    private func check(_ directory: TemporaryDirectory, _ steps: [Step], cut: Int) async throws {
        let store = try await LogStore.open(at: directory.path, options: Self.options)
        let rows = try await store.storedRows(ScanRequest(order: .oldestFirst)).sorted {
            $0.key.sequence < $1.key.sequence
        }
        // How many batches are there, by their rows; the rest of the check says that they are these, and whole.
        var count = 0
        var rowCount = 0
        while count < steps.count, rowCount < rows.count {
            rowCount += steps[count].entries.count
            count += 1
        }
        let found = steps[..<count]
        #expect(rows.map(\.entry) == found.flatMap(\.entries), "cut at \(cut)")
        #expect(rows.map(\.key.sequence) == (0..<rows.count).map { UInt64($0 + 1) }, "cut at \(cut)")
        #expect(count >= steps.count { $0.logByteCount <= cut }, "cut at \(cut): an acknowledged batch is lost")

        // What is known of the batches and of the sessions is what is there.
        #expect(try await store.checkTables() == [], "cut at \(cut)")
        let logs = try await store.sessions().reduce(0) { $0 + $1.totalLogs }
        #expect(logs == UInt64(rows.count { !$0.entry.session.isEmpty }), "cut at \(cut)")
        if let last = found.last {
            let receipt = try await store.append(Batch(last.entries), identity: last.identity)
            #expect(receipt.duplicates == last.entries.count, "cut at \(cut)")
        }
        if count < steps.count {
            let receipt = try await store.append(Batch(steps[count].entries), identity: steps[count].identity)
            #expect(receipt.accepted == steps[count].entries.count, "cut at \(cut)")
            #expect(receipt.acknowledgedThrough == UInt64(count + 1), "cut at \(cut)")
        }
        // Nothing of a seal or a merge that did not end is left.
        #expect(try store.orphans() == [], "cut at \(cut)")
        await store.close()
    }
}
