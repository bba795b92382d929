import LogModel
import Testing

struct SinkLineTests {
    private func line(_ sequence: UInt64, _ json: String) -> [UInt8] {
        var bytes: [UInt8] = []
        Array(json.utf8).withUnsafeBytes { SinkLine.append(sequence: sequence, json: $0, to: &bytes) }
        return bytes
    }

    private func read(_ bytes: some Sequence<UInt8>) -> (UInt64, String)? {
        let bytes = Array(bytes)
        return bytes.withUnsafeBytes { line in
            SinkLine.read(line).map { ($0.sequence, String(decoding: line[$0.start...], as: UTF8.self)) }
        }
    }

    @Test(arguments: [(1, "{}"), (18_446_744_073_709_551_615, #"{"message":"é"}"#)] as [(UInt64, String)])
    func aLineIsReadAsItWasWritten(sequence: UInt64, json: String) throws {
        let bytes = line(sequence, json)
        #expect(bytes.last == 0x0a)
        let found = try #require(read(bytes.dropLast()))
        #expect(found == (sequence, json))
    }

    @Test func noPartAndNoChangeOfALineIsALine() {
        let bytes = Array(line(42, #"{"message":"x"}"#).dropLast())
        for count in 0..<bytes.count { #expect(read(bytes.prefix(count)) == nil) }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x04
            #expect(read(changed) == nil)
        }
    }

    @Test func segmentsAndNamesAreTold() {
        #expect(SinkLayout.segment(1) == "00000001.log")
        #expect(SinkLayout.segmentNumber("00000001.log") == 1)
        #expect(SinkLayout.segmentNumber("123456789.log") == 123_456_789)
        for name in ["1.log", "00000000.log", "confirmed", "x.log", "00000001.log.draft"] {
            #expect(SinkLayout.segmentNumber(name) == nil)
        }
        #expect(SinkLayout.name(module: "a/b é", process: 7, boot: 255) == "a_b___-7-ff")
        for name in ["", "..", "a/b", ".draft", String(repeating: "a", count: 97)] { #expect(!SinkLayout.isName(name)) }
        #expect(SinkLayout.isName("nav-7-ff"))
    }

    @Test func positionsAreOrderedAndRead() {
        #expect(SinkPosition("2 5\n") == SinkPosition(segment: 2, offset: 5))
        #expect(SinkPosition(segment: 2, offset: 5) < SinkPosition(segment: 3, offset: 0))
        for text in ["", "1", "0 0", "1 -1", "1 2 3", "a b"] { #expect(SinkPosition(text) == nil) }
    }
}
