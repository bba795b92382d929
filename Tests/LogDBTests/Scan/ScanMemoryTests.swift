import LogModel
import Testing

@testable import LogDB

/// Scans within a small memory.
struct ScanMemoryTests {
    @Test(arguments: [ScanOrder.newestFirst, .oldestFirst])
    func anyMemoryGivesTheSameAnswer(_ order: ScanOrder) async throws {
        let mixed = try await MixedStore.make(seed: 60, rowCount: 900)
        let filter = Filter.not(.level(LevelSet(.debug)))
        let expected = mixed.expected(filter, order: order)
        for memory in [1 << 20, 60_000, 12_000, 4_000] {
            let found = try await mixed.store.storedRows(
                ScanRequest(filter: filter, order: order, memoryByteCountMax: memory))
            #expect(found == expected, "\(memory) bytes")
        }
        await mixed.store.close()
    }

    @Test func rowsAtTheEndsOfTimeAreFoundInWindows() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        let times: [Int64] = [.min, .min + 1, -1, 0, 1, 1 << 62, .max - 2, .max - 1]
        var entries: [Entry] = []
        for time in times {
            for copy in 0..<20 {
                entries.append(
                    Entry(
                        time: Timestamp(microseconds: time), device: "D\(copy % 3)", message: "copy \(copy) of \(time)")
                )
            }
        }
        var naive = NaiveStore()
        for part in 0..<4 {
            let batch = Array(entries[(part * 40)..<(part * 40 + 40)])
            _ = try await store.append(Batch(batch))
            naive.append(batch)
            if part < 3 { try await store.sealHead() }
        }
        for order in [ScanOrder.newestFirst, .oldestFirst] {
            for memory in [1 << 20, 20_000, 6_000] {
                let found = try await store.entries(ScanRequest(order: order, memoryByteCountMax: memory))
                #expect(found == naive.rows(order: order), "\(memory) bytes")
            }
        }
        await store.close()
    }

    @Test func moreRowsOfOneMicrosecondThanFitAreAnErrorOfTheBudget() async throws {
        let mixed = try await MixedStore.make(seed: 61, rowCount: 600) { $0.stepMax = 0 }
        await #expect { try await mixed.store.storedRows(ScanRequest(memoryByteCountMax: 2_000)) } throws: {
            ($0 as? LogError)?.code == .memoryBudget
        }
        await mixed.store.close()
    }

    /// Chunks of large rows are as small as the memory asks for, with a limit and without.
    @Test(arguments: [nil, 120])
    func largeRowsComeInSmallChunks(_ limit: Int?) async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let text = [UInt8](repeating: 0x78, count: 100_000)
        for part in 0..<4 {
            var batch = Batch()
            for row in 0..<30 { batch.append(RawEntry(time: Int64(part * 30 + row), message: text), device: "D") }
            _ = try await store.append(batch)
            if part < 3 { try await store.sealHead() }
        }
        let memory = 1 << 20
        var times: [Int64] = []
        for try await rows in store.scan(ScanRequest(limit: limit, memoryByteCountMax: memory)) {
            #expect(rows.batch.byteCount <= 2 * memory + text.count + 1_000)
            times += rows.batch.times
        }
        #expect(times == (0..<120).reversed())
        await store.close()
    }
}
