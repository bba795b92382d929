import Testing

@testable import LogModel

@Suite struct UTF8ScanTests {
    @Test func agreesWithTheStandardLibrary() {
        var random = SeededGenerator(seed: 11)
        let leads: [UInt8] = [
            0x41, 0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
        ]
        let trails: [UInt8] = [0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2]
        for _ in 0..<5_000 {
            let bytes =
                [leads.randomElement(using: &random)!]
                + (0..<Int.random(in: 0...4, using: &random)).map { _ in trails.randomElement(using: &random)! }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            let found = bytes.withUnsafeBufferPointer { UTF8Scan.firstInvalid($0.baseAddress!, count: $0.count) }
            #expect((found == nil) == isValid, "\(bytes)")
            if let found { #expect(String(validating: bytes[..<found], as: UTF8.self) != nil, "\(bytes)") }
        }
    }
}
