import Testing

@testable import Agent

/// MessagePack as JSON, by the bytes of its specification.
struct MessagePackTests {
    private func json(_ bytes: [UInt8]) throws -> String {
        var json: [UInt8] = []
        try bytes.withUnsafeBytes { try MessagePackJSON.append($0, to: &json) }
        return String(decoding: json, as: UTF8.self)
    }

    /// The bytes, in hexadecimal, and the JSON; a line each.
    private static let forms = #"""
        00 | 0
        7f | 127
        ff | -1
        e0 | -32
        c0 | null
        c2 | false
        c3 | true
        cc ff | 255
        cd 01 00 | 256
        ce ff ff ff ff | 4294967295
        cf ff ff ff ff ff ff ff ff | 18446744073709551615
        d0 80 | -128
        d1 80 00 | -32768
        d2 80 00 00 00 | -2147483648
        d3 80 00 00 00 00 00 00 00 | -9223372036854775808
        ca 3f c0 00 00 | 1.5
        cb 3f f8 00 00 00 00 00 00 | 1.5
        cb 7f f8 00 00 00 00 00 00 | "nan"
        a2 22 0a | "\"\n"
        d9 01 61 | "a"
        da 00 01 61 | "a"
        db 00 00 00 01 61 | "a"
        c4 01 61 | "a"
        90 | []
        92 01 91 02 | [1,[2]]
        dc 00 01 07 | [7]
        dd 00 00 00 01 07 | [7]
        80 | {}
        81 a1 61 80 | {"a":{}}
        de 00 01 05 06 | {"5":6}
        df 00 00 00 01 c3 06 | {"true":6}
        d6 ff 00 00 00 02 | 2000000
        d7 ff 00 00 0f a0 00 00 00 02 | 2000001
        c7 0c ff 00 00 03 e8 ff ff ff ff ff ff ff ff | -999999
        """#

    private static let values: [(bytes: [UInt8], json: String)] = forms.split(separator: "\n").map { line in
        let parts = line.split(separator: " | ")
        return (bytes(String(parts[0])), String(parts[1]))
    }

    private static func bytes(_ text: String) -> [UInt8] {
        text.split(separator: " ").map { UInt8($0, radix: 16) ?? 0 }
    }

    @Test(arguments: values) func writesEachFormAsJSON(bytes: [UInt8], expected: String) throws {
        #expect(try json(bytes) == expected)
    }

    /// Every beginning of a message is refused, with the place; none is read past its end.
    @Test(arguments: values) func refusesWhatIsCutShort(bytes: [UInt8], expected: String) {
        for count in 0..<bytes.count {
            #expect(throws: MessagePackError.self) { try json(Array(bytes[..<count])) }
        }
        #expect(throws: MessagePackError.self) { try json(bytes + [0]) }
    }

    @Test(arguments: [
        "c1", "d4 01 00", "81 c0 01", "81 90 01", "dd ff ff ff ff", "df ff ff ff ff 01", "db ff ff ff ff 61",
    ])
    func refusesWhatIsNone(text: String) {
        #expect(throws: MessagePackError.self) { try json(Self.bytes(text)) }
    }

    @Test func refusesWhatIsTooDeep() {
        let deep = [UInt8](repeating: 0x91, count: 100_000) + [0]
        #expect(throws: MessagePackError.self) { try json(deep) }
    }
}
