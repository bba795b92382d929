import Testing

@testable import LogModel

@Suite struct BatchFrameTests {
    static func encode(_ batch: Batch, level: Int = 1) -> [UInt8] {
        var compressor = ZstdCompressor()
        return BatchFrame.encode(batch, level: level, using: &compressor)
    }

    static func decode(
        _ frame: [UInt8], limits: BatchFrame.Limits = .init()
    ) throws(BatchFrameError) -> Batch {
        var decompressor = ZstdDecompressor()
        return try frame.withUnsafeBytesTyped { (bytes) throws(BatchFrameError) in
            try BatchFrame.decode(bytes, using: &decompressor, limits: limits)
        }
    }

    /// A batch of arbitrary bytes in every column.
    static func randomBatch(_ random: inout SeededGenerator, rowCount: Int, stringCount: Int) -> Batch {
        var batch = Batch()
        while batch.strings.count < stringCount {
            _ = random.bytes(countMax: 12).withUnsafeBytes { batch.strings.intern($0) }
        }
        let isConstant = Bool.random(using: &random)
        func code() -> UInt32 { isConstant ? 0 : UInt32.random(in: 0..<UInt32(stringCount), using: &random) }
        for _ in 0..<rowCount {
            batch.times.append(
                Bool.random(using: &random) ? 1_735_862_401_119_348 : Int64.random(in: .min ..< .max, using: &random))
            batch.levels.append(UInt8.random(in: 0...4, using: &random))
            batch.devices.append(code())
            batch.sessions.append(code())
            batch.modules.append(code())
            batch.loggers.append(code())
            batch.processes.append(code())
            batch.threads.append(code())
            random.bytes(countMax: 200).withUnsafeBytes { batch.messages.append($0) }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                batch.contextKeys.append(code())
                random.bytes(countMax: 20).withUnsafeBytes { batch.contextValues.append($0) }
            }
            batch.contextEnds.append(UInt32(batch.contextKeys.count))
        }
        return batch
    }

    static func expectEqual(_ left: Batch, _ right: Batch, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(left.strings.bytes == right.strings.bytes, sourceLocation: sourceLocation)
        #expect(left.strings.ends == right.strings.ends, sourceLocation: sourceLocation)
        #expect(left.times == right.times, sourceLocation: sourceLocation)
        #expect(left.levels == right.levels, sourceLocation: sourceLocation)
        #expect(left.devices == right.devices, sourceLocation: sourceLocation)
        #expect(left.sessions == right.sessions, sourceLocation: sourceLocation)
        #expect(left.modules == right.modules, sourceLocation: sourceLocation)
        #expect(left.loggers == right.loggers, sourceLocation: sourceLocation)
        #expect(left.processes == right.processes, sourceLocation: sourceLocation)
        #expect(left.threads == right.threads, sourceLocation: sourceLocation)
        #expect(left.messages == right.messages, sourceLocation: sourceLocation)
        #expect(left.contextEnds == right.contextEnds, sourceLocation: sourceLocation)
        #expect(left.contextKeys == right.contextKeys, sourceLocation: sourceLocation)
        #expect(left.contextValues == right.contextValues, sourceLocation: sourceLocation)
    }

    @Test(arguments: [(0, 1), (1, 1), (1, 3), (2, 2), (100, 20), (300, 256), (300, 257), (2_000, 66_000)])
    func roundTrip(rowCount: Int, stringCount: Int) throws {
        for seed in 0..<(rowCount > 1_000 ? 1 : 6) {
            var random = SeededGenerator(seed: UInt64(seed))
            let batch = BatchFrameTests.randomBatch(&random, rowCount: rowCount, stringCount: stringCount)
            let decoded = try BatchFrameTests.decode(BatchFrameTests.encode(batch, level: 1 + seed % 3))
            BatchFrameTests.expectEqual(decoded, batch)
        }
    }

    @Test func anEmptyBatchIsABatch() throws {
        BatchFrameTests.expectEqual(try BatchFrameTests.decode(BatchFrameTests.encode(Batch())), Batch())
    }

    @Test func extremesSurvive() throws {
        var batch = Batch([
            Entry(time: Timestamp(microseconds: .min), level: .fatal, device: "", message: ""),
            Entry(time: Timestamp(microseconds: .max - 1), level: .debug, device: "\u{0}", message: "\u{0}"),
        ])
        batch.append(Entry(time: Timestamp(microseconds: 0), device: "d", message: "x"))
        var random = SeededGenerator(seed: 5)
        // A message of a mebibyte that does not compress: the body is stored as it is.
        batch.messages = ByteColumn()
        for count in [0, 1 << 20, 1] {
            (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }.withUnsafeBytes {
                batch.messages.append($0)
            }
        }
        let frame = BatchFrameTests.encode(batch)
        #expect(frame[5] == 0)
        BatchFrameTests.expectEqual(try BatchFrameTests.decode(frame), batch)
    }

    @Test func theBytesAreThoseOfTheSpecification() throws {
        let batch = Batch([
            Entry(
                time: Timestamp(microseconds: 3), level: .warn, device: "D", message: "hi",
                context: [Entry.Attribute("k", "v")])
        ])
        let frame = BatchFrameTests.encode(batch)
        let columns: [UInt8] =
            [3, 1, 0, 1, 0x44, 0x6b]  // strings D, empty, k
            + [6, 2]  // time, level
            + [0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]  // identifiers
            + [2, 0x68, 0x69]  // message
            + [1, 0, 2, 1, 0x76]  // context
        #expect(Array(frame[24...]) == columns)
        #expect(
            Array(frame[..<20])
                == Array("LGBF".utf8) + [
                    1, 0, 0, 0, 1, 0, 0, 0, UInt8(columns.count), 0, 0, 0, UInt8(columns.count), 0, 0, 0,
                ])
        let checksum = Crc32c.checksum(Array(frame[..<20]) + columns)
        #expect(frame[20..<24].reversed().reduce(0) { $0 << 8 | UInt32($1) } == checksum)
    }
}
