import LogModel
import Testing

@testable import LogDB

/// Bytes of a block that are not what was written.
struct BlockDamageTests {
    private static let sample: BlockSample = {
        var random = RawEntryRandom(seed: 300)
        random.keyCount = 140
        random.attributeCountMax = 12
        return BlockSample(Rows.sample(random.entries(260)))
    }()

    private static let columns = sample.columns.keys.sorted().filter { $0 < ColumnID.firstContext + 3 || $0 % 40 == 0 }

    private func expectCorruption(_ block: BlockSample, _ comment: Comment) {
        do {
            try block.readAll()
            Issue.record("read as if it were sound", sourceLocation: #_sourceLocation)
        } catch let error as LogError {
            #expect(error.code == .corruption, comment)
            #expect(error.location?.contains("block 1 of day") == true, comment)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: BlockDamageTests.columns)
    func aBitThatFlippedIsFound(_ column: UInt16) {
        let bytes = Self.sample.columns[column]!
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            var block = Self.sample
            block.columns[column]![place] ^= 1 << UInt8(place % 8)
            expectCorruption(block, "column \(column), byte \(place)")
        }
    }

    @Test(arguments: BlockDamageTests.columns)
    func aColumnThatIsCutShortOrMissingIsFound(_ column: UInt16) {
        let bytes = Self.sample.columns[column]!
        for length in Set([0, 1, 3, 4, bytes.count / 2, bytes.count - 1]) {
            var block = Self.sample
            block.columns[column] = Array(bytes[..<length])
            expectCorruption(block, "column \(column) of \(length) bytes")
        }
        var block = Self.sample
        block.columns[column] = nil
        expectCorruption(block, "column \(column) missing")
    }

    @Test func columnsThatLieTogetherAreCheckedEach() {
        var random = RawEntryRandom(seed: 301)
        let sample = BlockSample(Rows.sample(random.entries(200)), isShared: true)
        let bytes = sample.columns[ColumnID.shared.rawValue]!
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
            var block = sample
            block.columns[ColumnID.shared.rawValue]![place] ^= 1 << UInt8(place % 8)
            expectCorruption(block, "byte \(place)")
        }
        for changed in [[], Array(bytes.dropLast()), bytes + [0]] {
            var block = sample
            block.columns[ColumnID.shared.rawValue] = changed
            expectCorruption(block, "\(changed.count) bytes instead of \(bytes.count)")
        }
    }

    /// The checksum is right and what it vouches for is not.
    @Test(arguments: BlockDamageTests.columns)
    func hostileContentThrowsOrDecodes(_ column: UInt16) {
        let content = Array(Self.sample.columns[column]!.dropLast(4))
        ColumnCoding.attack(content, seed: UInt64(column), rounds: 60) { bytes in
            var block = Self.sample
            block.replace(column, bytes)
            try block.readAll()
            return true
        }
    }

    @Test func columnsOfAnotherBlockThrowOrDecode() {
        var random = RawEntryRandom(seed: 301)
        let other = BlockSample(Rows.sample(random.entries(90)))
        for (column, bytes) in other.columns {
            var block = Self.sample
            block.columns[column] = bytes
            do {
                try block.readAll()
            } catch let error as LogError {
                #expect(error.code == .corruption)
            } catch {
                Issue.record("\(error)")
            }
        }
    }
}
