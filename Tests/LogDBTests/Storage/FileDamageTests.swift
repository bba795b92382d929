import FaultRun
import LogModel
import Testing

@testable import LogDB

/// Flipped bits in RocksDB's files: whatever is hit, the store refuses with an error, says that an answer is partial, or
/// answers rightly.
struct FileDamageTests {
    /// Flips of each test.
    private static let flipCount = FaultRun.count(260, long: 2_000) / 2

    /// Rows in two segments and in staging, all of it in files.
    private func write(_ directory: TemporaryDirectory) async throws -> [StoredRow] {
        let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var factory = EntryFactory(seed: 31)
        for part in 0..<3 {
            let identity = BatchIdentity(device: "DEV-0", boot: "b", sequence: UInt64(part + 1))
            _ = try await store.append(Batch(factory.entries(300)), identity: identity)
            if part < 2 { try await store.sealHead() }
        }
        for family in StoreFamily.allCases { try store.store.flush(family) }
        let rows = try await store.storedRows()
        #expect(rows.count == 900)
        await store.close()
        return rows
    }

    @Test func aFlippedBitInAFileNeverChangesARow() async throws {
        let directory = try TemporaryDirectory()
        let rows = try await write(directory)
        let files = try directory.files(".sst")
        #expect(files.count == StoreFamily.allCases.count)
        var outcomes = Outcomes()
        let seed = FaultRun.seed(32)
        var generator = SeededGenerator(seed: seed)
        for round in 0..<Self.flipCount {
            let damaged = try directory.copy()
            let file = files[round % files.count]
            let bit = Int.random(in: 0..<(try damaged.bytes(of: file).count * 8), using: &generator)
            try damaged.flipBit(bit, of: file)
            await check(damaged, rows, "bit \(bit) of \(file)", &outcomes)
        }
        // Damage of each kind was met, or the test would say nothing.
        // Some bytes of a file mean nothing.
        #expect(outcomes.unnoticed < Self.flipCount / 13, "\(outcomes)")
        #expect(outcomes.refused > 5 && outcomes.partial > 2 && outcomes.right > 5, "\(outcomes)")
        FaultRun.report("R5", Self.flipCount, "flips", seed: seed)
    }

    /// A log's tail cannot be told from one that a crash tore, so that rows may be missing from a flipped bit on; those
    /// that are there are whole batches, in order.
    @Test func aFlippedBitInTheLogNeverChangesARow() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var factory = EntryFactory(seed: 33)
        var batches: [[Entry]] = []
        for _ in 0..<20 {
            batches.append(factory.entries(20).map(\.normalized))
            _ = try await store.append(Batch(batches[batches.count - 1]))
        }
        await store.close()
        let log = try directory.files(".log")[0]
        let size = try directory.bytes(of: log).count
        let seed = FaultRun.seed(34)
        var generator = SeededGenerator(seed: seed)
        var outcomes = Outcomes()
        for _ in 0..<Self.flipCount {
            let damaged = try directory.copy()
            let bit = Int.random(in: 0..<(size * 8), using: &generator)
            try damaged.flipBit(bit, of: log)
            do {
                let store = try await LogStore.open(at: damaged.path, options: MixedStore.options)
                let found = try await store.storedRows().sorted { $0.key.sequence < $1.key.sequence }.map(\.entry)
                let count = batches.indices.first { batches[...$0].reduce(0) { $0 + $1.count } > found.count }
                #expect(found == batches[..<(count ?? batches.count)].flatMap { $0 }, "bit \(bit)")
                outcomes.right += 1
                await store.close()
            } catch let error as LogError {
                #expect(error.code == .corruption, "bit \(bit): \(error)")
                outcomes.refused += 1
            }
        }
        #expect(outcomes.refused > 20, "\(outcomes)")
        FaultRun.report("R5", Self.flipCount, "flips", seed: seed)
    }

    private struct Outcomes {
        var refused = 0
        var partial = 0
        var right = 0
        /// Of those that opened, those whose damage verification did not see.
        var unnoticed = 0
    }

    private func check(
        _ directory: TemporaryDirectory, _ rows: [StoredRow], _ what: String, _ outcomes: inout Outcomes
    ) async {
        do {
            let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
            do {
                let scan = store.scan(ScanRequest())
                var found: [StoredRow] = []
                for try await part in scan { found += part.stored }
                if scan.statistics().blocksDamaged > 0 {
                    #expect(found.count < rows.count, "\(what)")
                    #expect(Set(found).isSubset(of: rows), "\(what)")
                    outcomes.partial += 1
                } else {
                    #expect(found == rows, "\(what)")
                    outcomes.right += 1
                }
                let counts = try await store.aggregate(AggregateRequest(keys: [.field(.session)]))
                let total = counts.groups.reduce(0) { $0 + Int($1.count) }
                #expect(total == rows.count || counts.statistics.blocksDamaged > 0, "\(what)")
                let word = Filter.text(.word(Array("gps".utf8)))
                let words = store.scan(ScanRequest(filter: word))
                var wordCount = 0
                for try await part in words { wordCount += part.count }
                #expect(
                    wordCount == rows.count { NaiveFilter().matches(word, $0) }
                        || words.statistics().blocksDamaged > 0, "\(what)")
                // Damage that an answer met, verification finds; and where it finds none, all is there.
                let isSound = try await store.verify().isSound
                #expect(!isSound || (found == rows && scan.statistics().blocksDamaged == 0), "\(what)")
                if isSound { outcomes.unnoticed += 1 }
                _ = try await store.append(Batch([rows[0].entry]))
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        } catch let error as LogError {
            #expect([.corruption, .io].contains(error.code), "\(what): \(error)")
            outcomes.refused += 1
        } catch {
            Issue.record("\(what): \(error)")
        }
    }
}
