import LogModel
import Testing

@testable import LogDB

/// Format version 5: the manifest's record of a segment, and a page of its word index.
struct SegmentGoldenTests {
    private static let live: SegmentRecord = {
        var record = SegmentRecord(id: 300, state: .live, day: -2, blockNumbers: 10..<20)
        record.blockCount = 4
        record.rowCount = 1_000
        record.timeMin = -172_800_000_000
        record.timeMax = -86_400_000_001
        record.levelCounts = [1, 2, 3, 4, 990]
        record.columnByteCounts = [16: 5, 0: 200]
        record.rawByteCount = 5_000
        record.directoryByteCount = 100
        record.templateByteCount = 70
        record.censusByteCount = 200
        record.postingPageCount = 1
        record.postingByteCount = 60
        record.receivedMax = 1_000
        record.coldKey = "ab1"
        record.coldByteCount = 300
        return record
    }()

    private static let liveText = """
        ac 02                    # id
        01                       # state: live
        03                       # day -2
        0a 14                    # blocks 10 to 19
        04                       # blocks written
        e8 07                    # rows
        ff ff f5 ba 87 0a        # earliest time
        81 80 bb dd 83 05        # latest time
        01 02 03 04 de 07        # rows of each level
        02                       # columns
        00 c8 01                 # column 0: 200 bytes
        10 05                    # context columns together
        88 27                    # raw bytes
        64                       # directory bytes
        46                       # template bytes
        c8 01                    # census bytes
        01                       # index pages
        3c                       # index bytes
        d0 0f                    # latest arrival
        03 'ab1'                 # the object in the cold tier
        ac 02                    # its bytes
        1f 66 68 6d              # CRC-32C
        """

    /// As it is begun: no entry yet.
    private static let buildingText = """
        01 00 00 01 09           # id, building, day, blocks 1 to 8
        00 00
        fe ff ff ff ff ff ff ff ff 01  # no earliest time: the last of all
        ff ff ff ff ff ff ff ff ff 01  # no latest time: the first of all
        00 00 00 00 00           # rows of each level
        00 00 00 00 00 00 00     # columns, and the sizes of the rest
        00                       # no arrival
        00 00                    # no object, no bytes of one
        fb a8 3b 5a              # CRC-32C
        """

    @Test func records() throws {
        Golden.expect(Self.live.encode(), is: Self.liveText)
        let building = SegmentRecord(id: 1, state: .building, day: 0, blockNumbers: 1..<9)
        Golden.expect(building.encode(), is: Self.buildingText)
        var retired = building
        retired.state = .retired
        #expect(retired.encode()[1] == 2)
        for (record, text) in [(Self.live, Self.liveText), (building, Self.buildingText)] {
            let found = try Golden.bytes(text).withUnsafeBytes { try SegmentRecord.decode($0, location: "test") }
            #expect(found == record)
        }
    }

    // MARK: The census

    @Test func theCensus() throws {
        var rows = Rows.sample([
            RawEntry(time: 0, level: .warn, session: 4), RawEntry(time: 59_999_999, level: .fatal, session: 4),
            RawEntry(time: 86_399_999_999, level: .debug, session: 300),
        ])
        rows.keys[2].device = 7
        let text = """
            16 16            # packed: as they are
            03               # streams: 2
            03 04 02         # device 3, session 4, 2 rows
            07 ac 02 01      # device 7, session 300, 1 row
            02               # minutes with rows
            00 00 00 01 00 01  # the first: rows of each level
            9f 0b 01 00 00 00 00  # the last, 1,439
            95 f3 d3 4a      # CRC-32C
            """
        var builder = SegmentCensusBuilder(day: 0)
        builder.add(rows)
        Golden.expect(builder.finish().encode(day: 0, level: 1), is: text)
        let found = try Golden.bytes(text).withUnsafeBytes { try SegmentCensus.decode($0, day: 0, segment: 1) }
        #expect(
            found.streams == [
                SegmentCensus.Stream(device: 3, session: 4, rows: 2),
                SegmentCensus.Stream(device: 7, session: 300, rows: 1),
            ])
        #expect(found.minutes == [0, 1_439])
        #expect(found.levelCounts == [0, 0, 1, 0, 1, 1, 0, 0, 0, 0])
        // One with more streams than are listed has none.
        Golden.expect(
            SegmentCensus(streams: nil, minutes: [1_440], levelCounts: [1, 2, 3, 4, 5]).encode(day: 1, level: 1),
            is: """
                08 08
                00               # streams: not listed
                01 00 01 02 03 04 05
                a4 3c 54 63
                """)
    }

    // MARK: The word index

    /// Words of three blocks; `shared` is in all of them.
    private static let words = ["gps", "signal", "lost", "worker_7", "état", "shared"]
    private static let blocks: [[String]] = [
        ["gps", "signal", "shared"], ["lost", "shared"], ["worker_7", "gps", "shared", "état"],
    ]

    private static let page = """
        01               # layout
        01               # version of the Unicode rules
        00               # page bits
        07               # Rice parameter of the single words
        06               # Rice parameter of the shared words
        00
        03 00            # blocks
        00 00 00 00      # page
        06 00 00 00      # words: fingerprints lie below 384
        04 00 00 00      # single words
        02 00 00 00      # shared words
        # Bits, the lowest first. Single words, fingerprint · 3 + block: 387 (signal), 488 (worker_7), 575 (état) and
        # 775 (lost). Shared words: 26 (gps) of 2 blocks, by the other one, 1; 294 (shared) of 3, no other.
        38 48 6e f5 58 3b 5c 04
        d9 1f 22 eb      # CRC-32C
        """

    private func hash(_ word: String) -> UInt64 { Array(word.utf8).withUnsafeBytes { Tokenizer.hash($0) } }

    @Test func theHashOfAWord() {
        #expect(
            Self.words.map { hash($0) } == [
                1_275_002_289_980_168_223, 6_199_619_437_250_534_669, 12_430_307_573_772_227_100,
                7_790_416_459_276_003_470, 9_190_320_901_566_347_381, 14_154_867_663_491_598_707,
            ])
    }

    /// The terms beside words: values of fields, mixed with their field's name.
    @Test func theHashOfAValue() {
        #expect(
            [IdentifierColumn.logger, .process, .thread].map { IndexTerm.fieldHash($0) } == [
                80_523_362_083_380_499, 14_880_736_219_709_004_103, 7_075_269_284_510_496_258,
            ])
        let camera = Array("cam".utf8).withUnsafeBytes { IndexTerm.fieldHash(context: $0) }
        #expect(camera == 5_637_400_615_440_189_356)
        let core = Array("core".utf8).withUnsafeBytes {
            IndexTerm.hash($0, ofFieldWith: IndexTerm.fieldHash(.logger))
        }
        #expect(core == 7_675_079_877_329_757_432)
    }

    @Test func aPageOfTheWordIndex() throws {
        var builder = WordIndexBuilder()
        for (number, words) in Self.blocks.enumerated() {
            var set = WordSet()
            for word in words { set.insert(hash(word)) }
            builder.add(set, block: number)
        }
        let pages = builder.finish(blockCount: 3)
        #expect(pages.pageBits == 0)
        Golden.expect(pages.pages[0], is: Self.page)
        let reader = WordIndexReader(pageBits: 0, blockCount: 3, location: "test") { (_) throws(LogError) in
            Golden.bytes(Self.page)
        }
        for word in Self.words {
            let expected = Self.blocks.indices.filter { Self.blocks[$0].contains(word) }
            #expect(try reader.blocks(mayContain: hash(word)) == expected, "\(word)")
        }
        #expect(try reader.blocks(mayContain: hash("absent")) == [])
    }
}
