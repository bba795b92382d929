import FaultRun
import Foundation
import LogModel
import Testing

@testable import LogDB

/// Files that end early: whatever is cut, the store refuses with an error, says that an answer is partial, or answers rightly
/// with what was written before the cut.
struct FileTruncationTests {
    private struct Written {
        var rows: [StoredRow]
        /// Rows that are in files other than the log.
        var rowsOutsideLog: Int
    }

    /// Rows in the cold tier, in the hot tier, in staging that is in a file, and in the log alone.
    private func write(_ directory: TemporaryDirectory) async throws -> Written {
        let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var factory = EntryFactory(seed: 421)
        _ = try await store.append(Batch(factory.entries(400)))
        try await store.tier(olderThan: .zero)
        _ = try await store.append(Batch(factory.entries(300)))
        try await store.sealHead()
        _ = try await store.append(Batch(factory.entries(200)))
        for family in StoreFamily.allCases { try store.store.flush(family) }
        for _ in 0..<10 { _ = try await store.append(Batch(factory.entries(20))) }
        let rows = try await store.storedRows()
        #expect(rows.count == 1_100)
        await store.close()
        return Written(rows: rows, rowsOutsideLog: 900)
    }

    private func coldFiles(_ directory: TemporaryDirectory) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: directory.path + "/cold")
            .map { "cold/" + $0 }.filter { $0.count > 12 }
    }

    @Test func aFileThatEndsEarlyNeverChangesARow() async throws {
        let directory = try TemporaryDirectory()
        let written = try await write(directory)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        let files =
            try coldFiles(directory)
            + names.filter {
                $0 == "CURRENT" || $0.hasSuffix(".sst") || $0.hasSuffix(".log")
            }
            .sorted()
        #expect(files.count >= 9)
        let (count, seed) = (FaultRun.count(90, long: 500), FaultRun.seed(422))
        var generator = SeededGenerator(seed: seed)
        var counts = (refused: 0, partial: 0, right: 0)
        for round in 0..<count {
            let damaged = try directory.copy()
            let file = files[round % files.count]
            let size = try damaged.bytes(of: file).count
            guard size > 0 else { continue }
            try damaged.truncate(file, to: Int.random(in: 0..<size, using: &generator))
            do {
                let store = try await LogStore.open(at: damaged.path, options: MixedStore.options)
                let scan = store.scan(ScanRequest())
                var found: [StoredRow] = []
                do {
                    for try await part in scan { found += part.stored }
                } catch {
                    await store.close()
                    throw error
                }
                #expect(Set(found).isSubset(of: written.rows), "\(file)")
                if scan.statistics().blocksDamaged > 0 {
                    counts.partial += 1
                    #expect(try await !store.verify().isSound, "\(file)")
                } else {
                    // What a log lacks at its end cannot be told from what was never written.
                    let isCut = file.hasSuffix(".log")
                    #expect(found.count == written.rows.count || isCut && found.count >= written.rowsOutsideLog)
                    counts.right += 1
                }
                await store.close()
            } catch let error as LogError {
                #expect([.corruption, .io, .unreachable].contains(error.code), "\(file): \(error)")
                counts.refused += 1
            }
        }
        #expect(counts.refused > 20 && counts.partial > 2 && counts.right > 2, "\(counts)")
        FaultRun.report("R6", count, "cuts", seed: seed)
    }
}
