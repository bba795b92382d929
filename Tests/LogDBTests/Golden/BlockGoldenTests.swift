import LogModel
import Testing

@testable import LogDB

/// Format version 2: a block with columns of every kind, and the directory that tells of it; and what changed with version
/// 4, by which columns lie together.
struct BlockGoldenTests {
    private static let entries: [RawEntry] = [
        RawEntry(
            time: 1_000, level: .warn, session: 4, identifiers: [Array("nav".utf8), [], [], [0x74]],
            message: Array("gps 7".utf8), context: [.init(key: [0x6b], value: [0x76]), .init(key: [0xff], value: [])]),
        RawEntry(time: 2_000, level: .info, session: 4, message: [], context: [.init(key: [0x6b], value: [0x77])]),
        RawEntry(time: 900, level: .fatal, session: 5, message: [0xff, 0]),
    ]

    /// Each ends in its CRC-32C.
    private static let columns: [(id: ColumnID, text: String)] = [
        (
            .time,
            """
            02 88 0e 01 02  03 03 64 4c 00  03 03 00 04 00  # integers: offsets from 900
            56 9a c4 14
            """
        ),
        (
            .received,
            """
            02 92 0e 01 02  03 03 64 4c 00  03 03 00 04 00  # integers: offsets from 905
            5d 8e 00 45
            """
        ),
        (
            .sequence,
            """
            02 c8 01 01 01  03 03 00 01 02                  # integers: offsets from 100
            9a 54 c3 a9
            """
        ),
        (
            .level,
            """
            03 03  02 01 04                                 # packed: WARN, INFO, FATAL
            9d 12 34 f4
            """
        ),
        (
            .stream,
            """
            02                                              # runs
            03 04 02                                        # device 3, session 4, 2 rows
            03 05 01                                        # device 3, session 5, 1 row
            cd df cb 45
            """
        ),
        (
            .module,
            """
            02                                              # values
            02 00 01 01  02 02 03 00                        # their lengths: integers, offsets from 0
            03 03 'nav'
            03 03 00 01 01                                  # codes
            e2 96 34 b2
            """
        ),
        (
            .logger,
            """
            01                                              # values: one, which needs no codes
            00 00                                           # its length: constant, 0
            00 00
            99 19 63 7d
            """
        ),
        (.process, "01 00 00 00 00  99 19 63 7d"),
        (
            .thread,
            """
            02 01 02 01 01  02 02 00 01  01 01 't'          # the lengths as differences
            03 03 00 01 01
            aa 5f dc 92
            """
        ),
        (
            ColumnID(rawValue: 16),
            """
            02                                              # rows with a value
            01 01 03                                        # which: packed bits, the lowest first
            00 02 00 02 02 02 'vw' 02 02 00 01              # values: a dictionary
            ce 5f d0 6e
            """
        ),
        (
            ColumnID(rawValue: 17),
            """
            01                                              # rows with a value
            01 01 01                                        # which
            00 01 00 00 00 00                               # values: a dictionary of the empty one
            c5 63 9b c5
            """
        ),
        (
            .message,
            """
            03 03 00 01 02                                  # templates: codes
            00                                              # packed values: bytes, none, as the one digit is always 7
            00 00                                           # codes of dictionaries
            00  00 00  00 00                                # texts
            df 30 78 98
            """
        ),
    ]

    private static let templates = """
        1d 1d             # packed: as they are
        03                # templates
        05 00 02          # their sizes
        'gps ' 01  ff 00  # their texts: digits stand behind gps
        00 00 01 00 00    # rows of each level
        00 01 00 00 00
        00 00 00 00 01
        00                # how the digits are stored: packed
        07 00             # the least, of rank 7, in no bits
        52 4b a7 22       # CRC-32C
        """

    private static let directory = """
        04                # strings
        03 'nav' 00 01 'k' 01 ff
        01                # blocks
        00                # day
        03                # device
        04                # session
        d0 0f             # time: 1,000
        01                # block
        03 05             # last device and session
        03                # rows
        88 0e a0 1f       # earliest and latest time: 900, 2,000
        00 01 01 00 01    # rows of each level
        02                # modules
        00 01             # string 0, 1 row
        01 02             # string 1, 2 rows
        02                # context keys
        02 02             # string 2, 2 rows
        03 01             # string 3, 1 row
        00                # rows with attributes in the shared column
        0c                # columns
        00 13 01 13 02 0e 03 09 04 0b 05 17 06 09 07 09 08 15 10 14 11 0e 09 11  # number and stored bytes of each
        ae 01             # raw bytes
        cd 54 c4 d9       # CRC-32C
        """

    @Test func aBlockIsWrittenAsItWas() {
        let sample = BlockSample(Rows.sample(Self.entries), level: 1, isShared: true)
        let shared = Self.columns.filter { $0.id != .message }.map(\.text).joined(separator: "\n")
        Golden.expect(sample.columns[ColumnID.shared.rawValue] ?? [], is: shared)
        Golden.expect(
            sample.columns[ColumnID.message.rawValue] ?? [], is: Self.columns.first { $0.id == .message }!.text)
        #expect(sample.columns.count == 2)
        Golden.expect(
            SegmentDirectory(strings: sample.strings, blocks: [sample.summary]).encode(),
            is: Self.directory.replacing("cd 54 c4 d9", with: "0b  29 56 88 b7  # shared columns"))
        Golden.expect(sample.templates, is: Self.templates)
    }

    @Test func aBlockIsReadAsItWasWritten() throws {
        let directory = try Golden.bytes(Self.directory).withUnsafeBytes {
            try SegmentDirectory.decode($0, segment: 1)
        }
        var sample = BlockSample(Rows.sample([RawEntry()]))
        sample.strings = directory.strings
        sample.summary = directory.blocks[0]
        sample.templates = Golden.bytes(Self.templates)
        sample.columns = Dictionary(
            uniqueKeysWithValues: Self.columns.map { ($0.id.rawValue, Golden.bytes($0.text)) })
        let rows = try sample.rows()
        #expect(rows.raw == Self.entries.map(\.normalized))
        #expect(rows.keys == Rows.sample(Self.entries).keys)
        #expect(rows.received == [1_005, 2_005, 905])
        let columns = directory.blocks[0].columns
        #expect(columns.map(\.id.rawValue) == Self.columns.map(\.id.rawValue))
        #expect(columns.map { Int($0.byteCount) } == Self.columns.map { Golden.bytes($0.text).count })
    }

    /// The column that the rarest keys of a block share.
    @Test func theSharedColumnOfContextKeys() throws {
        var entries = Self.entries
        entries[2].context = [.init(key: [0x6b], value: [0x78])]
        let text = """
            00 08            # lengths: constant, 4
            04 04            # all bytes
            00               # row
            01 ff 00         # a key and its value, the length of each before it
            """
        var context = GatheredContext()
        try context.gather(BlockRows(RowsGroup(Rows.sample(entries))), columnCountMax: 1)
        let other = context.other
        Golden.expect(
            ColumnCoding.encode { StringColumn.encode(other ?? ByteColumn(), level: 1, compressor: &$0, into: &$1) },
            is: text)
        var sample = BlockSample(Rows.sample(entries))
        sample.summary.contextKeys.removeLast()
        sample.summary.otherContextRowCount = 1
        sample.replace(ColumnID.otherContext.rawValue, Golden.bytes(text))
        #expect(try sample.rows().raw == entries.map(\.normalized))
    }
}
