import LogModel
import Testing

@testable import LogDB

/// Format version 2: messages as templates and values, with slots of every kind, stored in every way.
struct MessageGoldenTests {
    /// - Parameter levels: Each message's; INFO where there are fewer.
    private func check(
        _ messages: [String], levels: [Level] = [], templates: String, column: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let entries = messages.enumerated().map { index, message in
            RawEntry(level: index < levels.count ? levels[index] : .info, message: Array(message.utf8))
        }
        var sample = BlockSample(Rows.sample(entries), level: 1)
        Golden.expect(sample.templates, "the templates", is: templates, sourceLocation: sourceLocation)
        let found = sample.columns[ColumnID.message.rawValue] ?? []
        Golden.expect(found, "the column", is: column, sourceLocation: sourceLocation)
        sample.templates = Golden.bytes(templates)
        sample.columns[ColumnID.message.rawValue] = Golden.bytes(column)
        #expect(try sample.rows().raw == entries, sourceLocation: sourceLocation)
    }

    @Test func digitsPackedIntoBits() throws {
        try check(
            ["gps 7", "gps 07", "gps 12", "lost", ""], levels: [.debug, .info, .warn, .error, .fatal],
            templates: """
                1f 1f            # packed: as they are
                03               # templates
                05 04 00         # their sizes
                'gps ' 01 'lost'
                01 01 01 00 00   # rows of each level
                00 00 00 01 00
                00 00 00 00 01
                00               # how the slot is stored: packed
                07 04            # the least rank, 7, and the bits of each
                71 fc 0f e2      # CRC-32C
                """,
            column: """
                05 05 00 00 00 01 02  # templates: codes
                02 a0 0f         # packed values: 0, 10 and 15, as 07 is of rank 17 and 12 of rank 22
                00 00            # codes of dictionaries
                00 00 00 00 00   # texts
                5d 36 5d b6      # CRC-32C
                """)
    }

    @Test func digitsOfADictionary() throws {
        try check(
            (0..<20).map { "f \($0 % 3 == 0 ? 1_000_000_000_000 : 5)" },
            templates: """
                13 13 01 03 'f ' 01
                00 14 00 00 00
                01               # a dictionary
                02               # values: 2
                c6 c3 9c c0 b8 3d  # the rank of 1,000,000,000,000: 2,111,111,111,110
                05
                c3 00 40 bf
                """,
            column: """
                00               # packed values: none
                14 14 00 01 01 00 01 01 00 01 01 00 01 01 00 01 01 00 01 01 00 01  # codes
                00 00 00 00 00
                51 ec 02 7e
                """)
    }

    @Test func texts() throws {
        try check(
            ["a1", "\u{1}x", "é"],
            templates: """
                1c 1c 03 02 01 02
                'a' 01  08  c3 a9  # the second is a text slot alone
                00 01 00 00 00  00 01 00 00 00  00 01 00 00 00
                00 02            # packed, text
                01 00            # the least of the packed ones; of the other nothing
                5a 83 10 23
                """,
            column: """
                03 03 00 01 02
                00
                00 00
                01               # texts: 1
                00 04  02 02 01 'x'  # a string
                db 16 47 8d
                """)
    }

    @Test func hexadecimalDigits() throws {
        try check(
            ["h 0a1f", "h 0A1F"],
            templates: """
                1b 1b 02 03 03
                'h ' 02  'h ' 04  # lower case, upper case
                00 01 00 00 00  00 01 00 00 00
                00 00
                af 36 00  af 36 00  # rank 6,959
                0a 70 2f 85
                """,
            column: "02 02 00 01  00  00 00  00 00 00 00 00  06 52 b2 96")
        try check(
            ["w 0123456789abcdef", "w 0123456789ABCDEF"],
            templates: """
                29 29 02 03 03
                'w ' 03  'w ' 05  # sixteen of them: the number itself
                00 01 00 00 00  00 01 00 00 00
                00 00
                ef 9b af cd f8 ac d1 91 01 00
                ef 9b af cd f8 ac d1 91 01 00
                19 63 56 28
                """,
            column: "02 02 00 01  00  00 00  00 00 00 00 00  06 52 b2 96")
    }

    @Test func uuids() throws {
        try check(
            ["u 01234567-89ab-cdef-0123-456789abcdef"],
            templates: """
                21 21 01 04
                'u ' 06 07       # its halves
                00 01 00 00 00
                00 00
                ef 9b af cd f8 ac d1 91 01 00
                ef 9b af cd f8 ac d1 91 01 00
                24 14 27 dd
                """,
            column: "00  00 00  00 00 00 00 00  8a b2 28 8c")
    }
}
