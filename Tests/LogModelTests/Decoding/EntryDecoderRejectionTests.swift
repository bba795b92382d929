import LogModel
import Testing

@Suite struct EntryDecoderRejectionTests {
    static let limits: EntryDecoder.Limits = {
        var limits = EntryDecoder.Limits()
        limits.lineByteCountMax = 2_000
        limits.attributeCountMax = 5
        limits.keyByteCountMax = 10
        limits.depthMax = 4
        return limits
    }()

    /// Each kind of bad line, what it is refused for, and where.
    static let badLines: [(line: String, code: RejectionCode, offset: Int)] = [
        ("nonsense", .invalidJSON, 0),
        (#"{"message":"m""#, .invalidJSON, 14),
        (#"{"message":"m"} trailing"#, .invalidJSON, 16),
        (#"{"message":"m"}{"message":"n"}"#, .invalidJSON, 15),
        (#"{"message":"m",}"#, .invalidJSON, 15),
        (#"{"message":"m" "level":"INFO"}"#, .invalidJSON, 15),
        (#"{"message":m}"#, .invalidJSON, 11),
        (#"{"message":01}"#, .invalidJSON, 12),
        (#"{"message":"a\qb"}"#, .invalidJSON, 14),
        ("{\"message\":\"a\tb\"}", .invalidJSON, 13),
        (#"{"message":"unclosed}"#, .invalidJSON, 21),
        (#"{'message':'m'}"#, .invalidJSON, 1),
        (#"{"message":"m","context":{"a":1}"#, .invalidJSON, 32),
        (#"{"message":"m","context":{"a":{"b":1}}"#, .invalidJSON, 38),
        (#"{"message":"\ud83e!"}"#, .invalidEncoding, 12),
        (#"{"message":"m","k\udd16":1}"#, .invalidEncoding, 17),
        ("[1,2]", .notAnObject, 0), (" \"text\"", .notAnObject, 1), ("12", .notAnObject, 0), ("null", .notAnObject, 0),
        (#"{"message":"m","level":"LOUD"}"#, .invalidLevel, 23),
        (#"{"message":"m","level":""}"#, .invalidLevel, 23),
        (#"{"message":"m","level":3}"#, .invalidLevel, 23),
        (#"{"message":"m","timestamp":"yesterday"}"#, .invalidTime, 27),
        (#"{"message":"m","time":12345}"#, .invalidTime, 22),
        (#"{"message":"m","time":"2025-02-30T00:00:00Z"}"#, .invalidTime, 22),
        (#"{"message":"m","timestamp_us":true}"#, .invalidTime, 30),
        ("{}", .missingMessage, 0), (#" {"level":"INFO"}"#, .missingMessage, 1),
        (#"{"message":null}"#, .missingMessage, 0),
        (#"{"message":"m","device":""}"#, .missingDevice, 0),
        (#"{"message":{"a":1}}"#, .invalidField, 11), (#"{"message":["a"]}"#, .invalidField, 11),
        (#"{"message":{}}"#, .invalidField, 11),
        (#"{"message":"m","session":[]}"#, .invalidField, 25), (#"{"message":"m","level":{}}"#, .invalidField, 23),
        (#"{"message":"m","time":[1]}"#, .invalidField, 22), (#"{"message":"m","context":"text"}"#, .invalidField, 25),
        (#"{"message":"m","context":[1]}"#, .invalidField, 25), (#"{"message":"m","context":7}"#, .invalidField, 25),
        (#"{"message":"\#(String(repeating: "x", count: 2_000))"}"#, .lineTooLong, 2_000),
        (#"{"message":"m","module":"\#(String(repeating: "x", count: 1_025))"}"#, .fieldTooLong, 24),
        (#"{"message":"m","elevenchars":1}"#, .fieldTooLong, 29),
        (#"{"message":"m","context":{"five5":{"five5":1}}}"#, .fieldTooLong, 43),
        (#"{"message":"m","a":1,"b":2,"context":{"c":3,"d":4,"e":5,"f":6}}"#, .tooManyFields, 60),
        (#"{"message":"m","context":{"a":{"b":{"c":{"d":1}}}}}"#, .tooDeep, 40),
        (#"{"message":"m","a":[[[[1]]]]}"#, .tooDeep, 22),
    ]

    @Test(arguments: badLines.indices)
    func aBadLineLeavesItsNeighboursAlone(_ index: Int) throws {
        let bad = EntryDecoderRejectionTests.badLines[index]
        let good = { (n: Int) in #"{"message":"good \#(n)","module":"m","context":{"k":"\#(n)"}}"# }
        let decoder = decodeLines(
            [good(1), bad.line, good(2)].joined(separator: "\n"), limits: EntryDecoderRejectionTests.limits)
        #expect(decoder.batch.entries.map(\.message) == ["good 1", "good 2"])
        #expect(decoder.batch.entries.map(\.context) == [[Entry.Attribute("k", "1")], [Entry.Attribute("k", "2")]])
        #expect(decoder.originalIndexes == [0, 2])
        #expect(decoder.entryCount == 3 && decoder.rejectedCount == 1)
        let rejection = try #require(decoder.rejections.first)
        #expect(rejection.index == 1 && rejection.line == 2)
        #expect(rejection.code == bad.code.rawValue, "\(bad.line)")
        #expect(rejection.detail.hasPrefix("offset \(bad.offset): "), "\(bad.line): \(rejection.detail)")
        // The limits are not at fault for what is good.
        #expect(
            decodeLines(bad.line, limits: EntryDecoderRejectionTests.limits).rejections.first?.code == bad.code.rawValue
        )
    }

    @Test func bytesThatAreNotUTF8AreRefusedWithTheirOffset() {
        let good = Array("{\"message\":\"good\"}\n".utf8)
        for (bytes, offset) in [([0xff], 12), ([0x61, 0xe2, 0x82], 13), ([0xc0, 0xaf], 12)] as [([UInt8], Int)] {
            let bad = Array("{\"message\":\"".utf8) + bytes + Array("\"}\n".utf8)
            let decoder = decodeLines(bytes: good + bad + good)
            #expect(decoder.batch.count == 2)
            #expect(
                decoder.rejections.map { [$0.code, $0.detail] } == [
                    ["invalid_encoding", "offset \(offset): expected UTF-8"]
                ])
        }
    }

    @Test func everyCodeOfAnEntryIsCovered() {
        let covered = Set(EntryDecoderRejectionTests.badLines.map(\.code))
        let elsewhere: Set<RejectionCode> = [.deviceMismatch, .missingEntries, .documentTooLong]
        #expect(covered.union(elsewhere) == Set(RejectionCode.allCases))
    }

    @Test func aDeviceIsRequiredFromSomewhere() {
        let decoder = decodeLines(
            "{\"message\":\"m\"}\n{\"message\":\"n\",\"device\":\"X\"}", defaults: .init(receivedAt: receivedAt))
        #expect(decoder.rejections.map(\.code) == ["missing_device"])
        #expect(decoder.batch.entries.map(\.device) == ["X"])
        #expect(
            decodeLines(#"{"message":"m"}"#, defaults: .init(device: "", receivedAt: receivedAt)).rejections.map(\.code)
                == ["missing_device"])
    }

    @Test func aKnownDeviceSpeaksForItselfOnly() {
        let lines =
            #"{"message":"1"}|{"message":"2","device":"ME"}|{"message":"3","dsn":"OTHER"}|{"message":"4","device":null}"#
        let decoder = decodeLines(
            lines.split(separator: "|").joined(separator: "\n"),
            defaults: .init(device: "ignored", requiredDevice: "ME", receivedAt: receivedAt))
        #expect(decoder.batch.entries.map(\.message) == ["1", "2", "4"])
        #expect(Set(decoder.batch.entries.map(\.device)) == ["ME"])
        #expect(
            decoder.rejections.map { [$0.code, $0.detail] } == [
                ["device_mismatch", "offset 21: expected `ME`, the device that sends"]
            ])
    }

    @Test func reasonsAreKeptToALimitAndCountedBeyond() {
        var limits = EntryDecoder.Limits()
        limits.rejectionCountMax = 3
        let decoder = decodeLines(String(repeating: "bad\n", count: 10) + #"{"message":"m"}"#, limits: limits)
        #expect(decoder.rejections.count == 3)
        #expect(decoder.rejectedCount == 10 && decoder.entryCount == 11)
        #expect(decoder.batch.count == 1 && decoder.originalIndexes == [10])
    }

    @Test func limitsAreTheLastThatPass() {
        let limits = EntryDecoderRejectionTests.limits
        for line in [
            #"{"message":"m","module":"\#(String(repeating: "x", count: 1_024))"}"#, #"{"message":"m","tenletters":1}"#,
            #"{"message":"m","context":{"five5":{"four":1}}}"#,
            #"{"message":"m","a":1,"b":2,"context":{"c":3,"d":4,"e":5}}"#,
            #"{"message":"m","context":{"a":{"b":{"c":1}}}}"#, #"{"message":"m","a":[[[1]]]}"#,
            #"{"message":"\#(String(repeating: "x", count: 2_000 - 14))"}"#,
        ] {
            #expect(decodeLines(line, limits: limits).rejections == [])
        }
    }
}
