import LogModel
import Testing

@testable import LogDB

struct SegmentDirectoryTests {
    static func sample() -> SegmentDirectory {
        var directory = SegmentDirectory(strings: StringTable(), blocks: [])
        var random = RawEntryRandom(seed: 400)
        random.keyCount = 150
        random.attributeCountMax = 20
        var builder = BlockBuilder(level: 1)
        for number in 0..<4 {
            let rows = Rows.sample(random.entries(20 + number * 30))
            var words = WordSet()
            // Nothing here throws.
            let block = try! builder.build(
                BlockRows(RowsGroup(rows)), number: UInt64(number), strings: &directory.strings, words: &words)
            directory.blocks.append(block.summary)
        }
        return directory
    }

    private func decode(_ bytes: [UInt8]) throws -> SegmentDirectory {
        try bytes.withUnsafeBytes { try SegmentDirectory.decode($0, segment: 9) }
    }

    @Test func everyFieldComesBack() throws {
        let directory = Self.sample()
        let found = try decode(directory.encode())
        #expect(found.encode() == directory.encode())
        #expect(found.strings.bytes == directory.strings.bytes)
        for (left, right) in zip(found.blocks, directory.blocks) {
            #expect("\(left)" == "\(right)")
        }
        #expect(found.blocks.count == 4)
    }

    @Test func extremeTimesComeBack() throws {
        var directory = Self.sample()
        directory.blocks[0].timeMin = .min
        directory.blocks[0].timeMax = .max - 1
        directory.blocks[0].key.time = .min
        directory.blocks[0].key.day = Int32(Timestamp(microseconds: .min).day)
        let found = try decode(directory.encode())
        #expect(found.blocks[0].timeMin == .min)
        #expect(found.blocks[0].timeMax == .max - 1)
        #expect(found.blocks[0].key == directory.blocks[0].key)
    }

    @Test func everyFlippedBitIsFound() {
        let bytes = Self.sample().encode()
        for place in stride(from: 0, to: bytes.count, by: 11) {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            #expect(throws: LogError.self) { _ = try decode(damaged) }
        }
    }

    /// A directory that decodes must be safe to scan with: its counts bound what the scan allocates and indexes.
    @Test func hostileContentThrowsOrIsSafeToReadWith() {
        let sample = BlockSample(Rows.sample([RawEntry(message: Array("m".utf8))]))
        let directory = SegmentDirectory(strings: sample.strings, blocks: [sample.summary])
        let content = Array(directory.encode().dropLast(4))
        ColumnCoding.attack(content, seed: 1, rounds: 4_000) { bytes in
            var sealed = bytes
            Checksummed.seal(&sealed)
            let found = try decode(sealed)
            for block in found.blocks {
                var damaged = sample
                damaged.summary = block
                damaged.strings = found.strings
                try damaged.readAll()
            }
            return true
        }
    }

    @Test func aBlockWithoutRowsIsCorruption() {
        var directory = Self.sample()
        directory.blocks[0].rowCount = 0
        #expect(throws: LogError.self) { _ = try decode(directory.encode()) }
    }

    @Test func aSizeThatNoBlockHasIsCorruption() {
        var directory = Self.sample()
        directory.blocks[0].rawByteCount = .max
        #expect(throws: LogError.self) { _ = try decode(directory.encode()) }
    }
}
