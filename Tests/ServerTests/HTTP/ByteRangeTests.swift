import Testing

@testable import Server

/// RFC 9110, section 14.
struct ByteRangeTests {
    @Test(
        arguments: [
            (nil, .whole), ("bytes=0-0", .part(0..<1)), ("bytes=0-", .part(0..<10)), ("bytes=3-5", .part(3..<6)),
            ("BYTES=3-99", .part(3..<10)), ("bytes=-4", .part(6..<10)), ("bytes=-40", .part(0..<10)),
            ("bytes=9-9", .part(9..<10)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("bytes=99999999999999999999999-", .unsatisfiable), ("bytes=5-99999999999999999999999", .part(5..<10)),
            // What is not understood is not there.
            ("bytes=5-3", .whole), ("bytes=", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole),
            ("lines=0-1", .whole),
            ("bytes=0-1,3-4", .whole), ("bytes=+1-2", .whole), ("", .whole),
        ] as [(String?, ByteRange)])
    func whatIsAskedFor(field: String?, expected: ByteRange) {
        #expect(ByteRange(field, size: 10) == expected)
    }

    @Test func nothingOfAnEmptyFileIsAPart() {
        for field in ["bytes=0-", "bytes=0-0", "bytes=-1"] { #expect(ByteRange(field, size: 0) == .unsatisfiable) }
        #expect(ByteRange(nil, size: 0) == .whole)
    }

    @Test func whatABodyIs() {
        let part = ContentRange("bytes 10-19/100")
        #expect(part?.first == 10 && part?.last == 19 && part?.total == 100)
        #expect(ContentRange("Bytes 0-0/1") != nil)
        for field in [
            "", "bytes", "bytes 0-9", "bytes 0-9/*", "bytes */100", "bytes 9-0/100", "bytes 0-100/100", "bytes -1-5/9",
            "items 0-9/100", "bytes 0-9/100/1", "bytes a-b/c", "bytes 0-99999999999999999999999/1",
        ] {
            #expect(ContentRange(field) == nil, "\(field)")
        }
    }
}
