import Testing

@testable import LogModel

@Suite struct BatchFrameDamageTests {
    static let frame: [UInt8] = {
        var random = SeededGenerator(seed: 6)
        return BatchFrameTests.encode(BatchFrameTests.randomBatch(&random, rowCount: 8, stringCount: 9))
    }()

    @Test func everyTruncationIsFound() {
        for count in 0..<BatchFrameDamageTests.frame.count {
            #expect(throws: BatchFrameError.self, "\(count)") {
                try BatchFrameTests.decode(Array(BatchFrameDamageTests.frame[..<count]))
            }
        }
    }

    @Test func everyFlippedBitIsFound() {
        for index in BatchFrameDamageTests.frame.indices {
            for bit in 0..<8 {
                var frame = BatchFrameDamageTests.frame
                frame[index] ^= 1 << UInt8(bit)
                #expect(throws: BatchFrameError.self, "byte \(index), bit \(bit)") { try BatchFrameTests.decode(frame) }
            }
        }
    }

    @Test func bytesAfterTheFrameAreFound() {
        #expect(throws: BatchFrameError.self) { try BatchFrameTests.decode(BatchFrameDamageTests.frame + [0]) }
    }

    @Test func errorsSayWhatIsWrong() {
        func error(_ change: (inout [UInt8]) -> Void, limits: BatchFrame.Limits = .init()) -> String? {
            var frame = BatchFrameDamageTests.frame
            change(&frame)
            do throws(BatchFrameError) {
                _ = try BatchFrameTests.decode(frame, limits: limits)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(error { $0 = [] }?.contains("ends early") == true)
        #expect(error { $0[0] = 0 }?.contains("LGBF") == true)
        #expect(error { $0[4] = 2 }?.contains("version 2") == true)
        #expect(error { $0[5] = 9 }?.contains("flags 9") == true)
        #expect(error { $0[20] ^= 1 }?.contains("checksum") == true)
        #expect(error { $0.append(0) }?.contains("follow") == true)
        var limits = BatchFrame.Limits()
        limits.rowCountMax = 7
        #expect(error({ _ in }, limits: limits)?.contains("8 rows, at most 7") == true)
        limits = BatchFrame.Limits()
        limits.rawByteCountMax = 100
        #expect(error({ _ in }, limits: limits)?.contains("at most 100") == true)
        limits.rawByteCountMax = 1 << 20
        #expect(error({ _ in }, limits: limits) == nil)
    }

    /// What a wrong writer could send with a right checksum: the columns alone must hold.
    @Test func damagedColumnsNeverReadPastTheirEnd() {
        var random = SeededGenerator(seed: 7)
        for round in 0..<300 {
            let batch = BatchFrameTests.randomBatch(&random, rowCount: 8, stringCount: 1 + round % 7)
            let columns = BatchColumns.encode(batch)
            for _ in 0..<20 {
                var changed = columns
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(
                        in: 0...255, using: &random)
                }
                if Bool.random(using: &random) { changed.removeLast(Int.random(in: 0...changed.count, using: &random)) }
                let rowCount = Int.random(in: 0...10, using: &random)
                if let decoded = changed.withUnsafeBytes({ try? BatchColumns.decode($0, rowCount: rowCount) }) {
                    expectConsistent(decoded)
                }
            }
        }
    }

    @Test func arbitraryBytesAreNoColumns() {
        var random = SeededGenerator(seed: 8)
        for _ in 0..<5_000 {
            let bytes = random.bytes(countMax: 60)
            let rowCount = Int.random(in: 0...1_000_000, using: &random)
            if let decoded = bytes.withUnsafeBytes({ try? BatchColumns.decode($0, rowCount: rowCount) }) {
                expectConsistent(decoded)
            }
        }
    }

    @Test(
        arguments: [
            ([2, 1, 1, 0x61, 0x61], 0, "differ"),
            ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 0, "more strings"),
            ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], 0, "64 bits"),
            ([1, 9, 0x61], 0, "more bytes"),
            ([1, 1, 0x61], 5, "more items"),
            ([1, 1, 0x61, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0], 1, "before the last"),
            ([1, 1, 0x61, 0, 5], 1, "levels"),
            ([1, 1, 0x61, 0, 1, 0, 1], 1, "number of a string"),
            ([1, 1, 0x61, 0, 1, 1, 1], 1, "number of a string"),
            ([1, 1, 0x61, 0, 1, 3, 1], 1, "width"),
            ([1, 1, 0x61, 0, 1, 2, 0], 1, "more items"),
        ] as [([UInt8], Int, String)])
    func eachKindOfDamageIsNamed(_ columns: [UInt8], _ rowCount: Int, _ expected: String) {
        do throws(BatchFrameError) {
            _ = try columns.withUnsafeBytesTyped { (bytes) throws(BatchFrameError) in
                try BatchColumns.decode(bytes, rowCount: rowCount)
            }
            Issue.record("damage was not found")
        } catch {
            #expect(error.description.contains(expected), "\(error)")
        }
    }

    private func expectConsistent(_ batch: Batch) {
        let stringCount = UInt32(batch.strings.count)
        for column in [
            batch.devices, batch.sessions, batch.modules, batch.loggers, batch.processes, batch.threads,
        ] {
            #expect(column.count == batch.count && column.allSatisfy { $0 < stringCount })
        }
        #expect(batch.levels.count == batch.count && batch.levels.allSatisfy { $0 <= 4 })
        #expect(batch.times.allSatisfy { $0 < .max })
        #expect(batch.messages.count == batch.count && Int(batch.messages.ends.last ?? 0) == batch.messages.bytes.count)
        #expect(batch.contextEnds.count == batch.count)
        #expect(batch.contextKeys.count == Int(batch.contextEnds.last ?? 0))
        #expect(batch.contextKeys.allSatisfy { $0 < stringCount })
        #expect(batch.contextValues.count == batch.contextKeys.count)
        #expect(Int(batch.contextValues.ends.last ?? 0) == batch.contextValues.bytes.count)
    }
}
