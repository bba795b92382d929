import LogModel
import Testing

@testable import LogDB

/// Format versions 2 and 3: every encoding of a column, written and read. What zstd made is only read: its versions may write
/// other frames for the same bytes.
struct ColumnGoldenTests {
    // MARK: Packed bytes

    @Test func packedBytes() throws {
        try expectPacked(
            [1, 2, 0xff],
            is: """
                03        # bytes
                03        # bytes stored: as many, so as they are
                01 02 ff
                """)
        try expectPacked([], is: "00 00")
    }

    @Test func packedBytesThatZstdMadeSmaller() throws {
        let bytes = Golden.bytes(
            """
            24                                              # bytes: 36
            12                                              # bytes stored: 18, so a zstd frame
            28 b5 2f fd  00 48  4d 00 00  18 'abc' 01 00 8e 6e 08
            """)
        let found = try ColumnCoding.decode(bytes) { (reader, decompressor) throws(LogError) in
            try PackedBytes.decode(&reader, max: 100, decompressor: &decompressor).values
        }
        #expect(String(decoding: found, as: UTF8.self) == String(repeating: "abc", count: 12))
    }

    /// Since version 3. Shorter planes are bytes, as before.
    @Test func planesOfBits() throws {
        let values = (0..<128).map { UInt8($0 * 5 % 8) }
        let text =
            "80 01  83 01              # bytes: 128; 3 more are said to be stored, so 3 bits each, the lowest first\n"
            + String(repeating: "a8 ce 78  ", count: 16) + "# 0, 5, 2, 7, 4, 1, 6, 3, sixteen times"
        let found = try ColumnCoding.decode(Golden.bytes(text)) { (reader, decompressor) throws(LogError) in
            try PackedBytes.decode(&reader, max: 128, decompressor: &decompressor).values
        }
        #expect(found == values)
        var generator = SeededGenerator(seed: 3)
        let random = (0..<128).map { _ in UInt8.random(in: 0..<8, using: &generator) }
        let written = ColumnCoding.encode { compressor, writer in
            random.withUnsafeBytes {
                PackedBytes.encodePlane($0, level: 1, compressor: &compressor, into: &writer)
            }
        }
        #expect(written.prefix(4) == [0x80, 0x01, 0x83, 0x01])
        #expect(written.count == 4 + 48)
    }

    private func expectPacked(_ content: [UInt8], is text: String) throws {
        Golden.expect(
            ColumnCoding.encode { PackedBytes.encode(content, level: 1, compressor: &$0, into: &$1) }, is: text)
        let found = try ColumnCoding.decode(Golden.bytes(text)) { (reader, decompressor) throws(LogError) in
            try PackedBytes.decode(&reader, max: 100, decompressor: &decompressor).values
        }
        #expect(found == content)
    }

    // MARK: Integers

    @Test func integersThatAreAllTheSame() throws {
        try expectIntegers([-5, -5, -5], is: "00 09  # constant, -5")
        try expectIntegers([], is: "00 00")
    }

    @Test func integersAsDifferences() throws {
        let first: Int64 = 1_735_900_000_000_000
        try expectIntegers(
            [first, first + 1_000, first + 3_000, first + 3_000, first + 2_000],
            is: """
                01                       # differences
                80 e0 ec ed d6 b2 95 06  # the first: 1,735,900,000,000,000
                e8 07                    # divisor: 1,000
                01                       # planes: 1
                05 05  00 02 04 00 01    # 0, 1, 2, 0, -1
                """)
        try expectIntegers(
            [.min, .max, .min],
            is: """
                01
                ff ff ff ff ff ff ff ff ff 01  # the first: -2⁶³
                01
                01
                03 03  00 01 02                # 0, -1 and 1: differences go round
                """)
    }

    @Test func integersAsOffsets() throws {
        try expectIntegers(
            [1_000, 3_000, 2_000, 9_000],
            is: """
                02                    # offsets
                d0 0f                 # the least: 1,000
                01                    # divisor, always 1
                02                    # planes: 2, the lowest bytes first
                04 04  00 d0 e8 40
                04 04  00 07 03 1f
                """)
    }

    private func expectIntegers(_ values: [Int64], is text: String) throws {
        Golden.expect(
            ColumnCoding.encode { IntegerColumn.encode(values, level: 1, compressor: &$0, into: &$1) }, is: text)
        let found = try ColumnCoding.decode(Golden.bytes(text)) { (reader, decompressor) throws(LogError) in
            try IntegerColumn.decode(&reader, rowCount: values.count, decompressor: &decompressor).values
        }
        #expect(found == values)
    }

    // MARK: Codes

    @Test func codes() throws {
        try expectCodes([0, 0, 0], valueCount: 1, is: "")
        try expectCodes([0, 255, 1], valueCount: 256, is: "03 03 00 ff 01  # one plane")
        try expectCodes(
            [256, 1, 0], valueCount: 257,
            is: """
                03 03 00 01 00  # two planes, the lowest bytes first
                03 03 01 00 00
                """)
    }

    private func expectCodes(_ codes: [UInt32], valueCount: Int, is text: String) throws {
        Golden.expect(
            ColumnCoding.encode {
                CodeColumn.encode(codes, valueCount: valueCount, level: 1, compressor: &$0, into: &$1)
            }, is: text)
        let found = try ColumnCoding.decode(Golden.bytes(text)) { (reader, decompressor) throws(LogError) in
            try CodeColumn.decode(
                &reader, rowCount: codes.count, valueCount: valueCount, decompressor: &decompressor
            ).values
        }
        #expect(found == codes)
    }

    // MARK: Strings

    @Test func strings() throws {
        let strings: [[UInt8]] = [Array("gps".utf8), [], [0, 0xff], Array("lost".utf8)]
        let text = """
            02 00 01 01  04 04 03 00 02 04  # lengths: integers, offsets from 0
            09 09 'gps' 00 ff 'lost'        # all bytes
            """
        Golden.expect(
            ColumnCoding.encode {
                StringColumn.encode(ByteColumn(strings), level: 1, compressor: &$0, into: &$1)
            }, is: text)
        let found = try ColumnCoding.decode(Golden.bytes(text)) { (reader, decompressor) throws(LogError) in
            try StringColumn.decode(&reader, count: 4, byteCountMax: 100, decompressor: &decompressor).strings
        }
        #expect(found == strings)
    }

    // MARK: Values of a context key

    @Test func valuesAsADictionary() throws {
        try expectValues(
            ["on", "off", "on"],
            is: """
                00                        # dictionary
                02                        # values: 2
                02 04 01 01  02 02 00 01  # their lengths: integers, offsets from 2
                05 05 'on' 'off'
                03 03 00 01 00            # codes
                """)
    }

    /// More values than a dictionary is for, and then each encoding at its smallest: what is written depends on how many
    /// there are, and what is read does not.
    @Test func valuesAsHexadecimal() throws {
        let text = """
            01              # hexadecimal
            04              # digits of each: 4
            06 06 00 ff a1 b2 12 34
            """
        #expect(try decodeValues(text, count: 3) == ["00ff", "a1b2", "1234"])
        #expect(kind(of: (0..<300).map { String(0xa000 + $0, radix: 16) }) == 1)
    }

    @Test func valuesAsIntegers() throws {
        let text = """
            02              # integers
            02 09 01 01  03 03 00 05 09  # offsets from -5
            """
        #expect(try decodeValues(text, count: 3) == ["-5", "0", "4"])
        #expect(kind(of: (0..<300).map { String($0 - 100) }) == 2)
    }

    @Test func valuesAsStrings() throws {
        let text = """
            03              # strings
            01 02 01 01  03 03 00 02 03  # lengths: 1, and the differences 1 and -2
            03 03 'a' 'bc'
            """
        #expect(try decodeValues(text, count: 3) == ["a", "bc", ""])
        #expect(kind(of: (0..<300).map { "value \($0)" }) == 3)
    }

    private func expectValues(_ values: [String], is text: String) throws {
        Golden.expect(encodeValues(values), is: text)
        #expect(try decodeValues(text, count: values.count) == values)
    }

    private func encodeValues(_ values: [String]) -> [UInt8] {
        ColumnCoding.encode {
            ValueColumn.encode(ByteColumn(values.map { Array($0.utf8) }), level: 1, compressor: &$0, into: &$1)
        }
    }

    private func kind(of values: [String]) -> UInt8? { encodeValues(values).first }

    private func decodeValues(_ text: String, count: Int) throws -> [String] {
        try ColumnCoding.decode(Golden.bytes(text)) { (reader, decompressor) throws(LogError) in
            let (values, codes) = try ValueColumn.decode(
                &reader, count: count, byteCountMax: 100, decompressor: &decompressor)
            let strings = values.strings.map { String(decoding: $0, as: UTF8.self) }
            return codes.map { $0.values.map { strings[Int($0)] } } ?? strings
        }
    }
}
