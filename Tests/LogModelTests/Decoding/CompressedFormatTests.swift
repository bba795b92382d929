import LogModel
import Testing

@Suite struct CompressedFormatTests {
    @Test func filesAreToldByTheirFirstBytes() {
        #expect(CompressedFormat(beginning: [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3]) == .gzip)
        #expect(CompressedFormat(beginning: Zstd.compress(Array("text".utf8), level: 3)) == .zstd)
        #expect(CompressedFormat(beginning: [0xfd] + Array("7zXZ".utf8) + [0]) == .xz)
        #expect(CompressedFormat(beginning: Array("BZh91AY&SY".utf8)) == .bzip2)
        #expect(CompressedFormat(beginning: [0x04, 0x22, 0x4d, 0x18, 0x64]) == .lz4)
        #expect(CompressedFormat(beginning: Array("PK\u{3}\u{4}\u{14}".utf8)) == .zip)
    }

    @Test(arguments: [
        "", "{\"device\":\"D\"}", "BZhello", "BZh9 is no level", "PK rules", "\u{1f}", "(µ/ý", "plain text",
    ])
    func textIsNot(_ text: String) {
        #expect(CompressedFormat(beginning: Array(text.utf8)) == nil)
    }

    @Test func theCommandsAreThose() {
        #expect(CompressedFormat.gzip.unpackCommand == "gzip -dc")
        #expect(CompressedFormat.zip.unpackCommand == "unzip -p")
    }
}
