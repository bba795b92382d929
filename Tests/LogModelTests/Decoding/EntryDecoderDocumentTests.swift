import LogModel
import Testing

@Suite struct EntryDecoderDocumentTests {
    private func decode(
        _ text: String, defaults: EntryDecoder.Defaults = .init(receivedAt: receivedAt),
        limits: EntryDecoder.Limits = .init()
    ) throws(EntryDecoder.DocumentError) -> EntryDecoder {
        var decoder = EntryDecoder(defaults: defaults, limits: limits)
        let bytes = Array(text.utf8)
        let result: Result<Void, EntryDecoder.DocumentError> = bytes.withUnsafeBytes { bytes in
            do throws(EntryDecoder.DocumentError) { return .success(try decoder.decodeDocument(bytes)) } catch {
                return .failure(error)
            }
        }
        if case .failure = result {
            #expect(decoder.batch.isEmpty && decoder.rejections.isEmpty && decoder.entryCount == 0)
        }
        try result.get()
        return decoder
    }

    @Test func anArrayOfEntries() throws {
        let decoder = try decode(#" [ {"message":"1","device":"A"} , {"message":"2","device":"B","x":{"y":1}} ] "#)
        #expect(decoder.batch.entries.map(\.device) == ["A", "B"])
        #expect(decoder.batch[1].context == [Entry.Attribute("x.y", "1")])
        #expect(decoder.originalIndexes == [0, 1])
        #expect(decoder.documentIdentity == nil && decoder.sharedDevice == nil)
        #expect(try decode("[]").batch.isEmpty)
        #expect(try decode(#"{"entries":[]}"#).batch.isEmpty)
        #expect(try decode("\u{feff}[]").batch.isEmpty)
    }

    @Test func sharedFieldsMayStandAnywhere() throws {
        let shared = [
            #""device":"D""#, #""session_id":"S\n""#, #""level":"ERROR""#, #""context":{"a":"shared","b":"shared"}"#,
            #""site":7"#,
            #""timestamp":1735862401"#,
            #""entries":[{"message":"1"},{"message":"2","session":"own","level":"DEBUG","context":{"a":"\u006fwn"},"site":null,"time":1735862402}]"#,
        ]
        for rotation in shared.indices {
            let members = shared[rotation...] + shared[..<rotation]
            let decoder = try decode("{" + members.joined(separator: " , ") + "}")
            #expect(decoder.sharedDevice == "D")
            #expect(decoder.batch.count == 2)
            let first = decoder.batch[0]
            let second = decoder.batch[1]
            #expect(first.device == "D" && first.session == "S\n" && first.level == .error)
            #expect(first.time.microseconds == 1_735_862_401_000_000)
            #expect(
                Set(first.context) == [
                    Entry.Attribute("a", "shared"), Entry.Attribute("b", "shared"), Entry.Attribute("site", "7"),
                ])
            #expect(second.device == "D" && second.session == "own" && second.level == .debug)
            #expect(second.time.microseconds == 1_735_862_402_000_000)
            #expect(Set(second.context) == [Entry.Attribute("a", "own"), Entry.Attribute("b", "shared")])
        }
    }

    @Test func bootAndSequenceNameTheBatch() throws {
        let entries = #""device":"D","entries":[{"message":"m"}]"#
        for (members, boot, sequence) in [
            (#""boot":"b-1","sequence":7"#, "b-1", 7),
            (#""sequence":"18446744073709551615","boot":5"#, "5", UInt64.max),
        ] {
            let identity = try decode("{\(members),\(entries)}").documentIdentity
            #expect(identity?.boot == boot && identity?.sequence == sequence)
        }
        #expect(try decode("{\"boot\":null,\"sequence\":null,\(entries)}").documentIdentity == nil)
        let decoder = try decode("{\(entries),\"boot\":\"b\",\"sequence\":1}")
        #expect(decoder.batch[0].context == [])
    }

    @Test(arguments: [
        ("", "invalid_json", 0), ("  ", "invalid_json", 2), ("12", "invalid_json", 0), ("[", "invalid_json", 1),
        ("[{}", "invalid_json", 3),
        ("[{},]", "invalid_json", 4), ("[{}] x", "invalid_json", 5),
        (#"[{"message":"m"},{"message":tru}]"#, "invalid_json", 28),
        (#"[{"message":"m"} {"message":"n"}]"#, "invalid_json", 17),
        (#"{"entries":[{"message":"m"}]"#, "invalid_json", 28),
        (#"{"entries":[{"message":"m"],"x":1}"#, "invalid_json", 34),
        (#"{"entries":[{"message" "m"}],"device":"D"}"#, "invalid_json", 23),
        (#"{"device":"D"}"#, "missing_entries", 0), ("{}", "missing_entries", 0),
        (#"{"entries":{}}"#, "invalid_field", 11),
        (#"{"entries":[],"entries":[]}"#, "invalid_field", 24), (#"{"entries":[],"boot":"b"}"#, "invalid_field", 0),
        (#"{"entries":[],"boot":"b","sequence":-1}"#, "invalid_field", 36),
        (#"{"entries":[],"boot":"b","sequence":1.5}"#, "invalid_field", 36),
        (#"{"entries":[],"boot":"","sequence":1}"#, "invalid_field", 21),
        (#"{"entries":[],"boot":[],"sequence":1}"#, "invalid_field", 21),
        (#"{"entries":[],"device":"\ud800"}"#, "invalid_encoding", 24),
    ])
    func aBrokenDocumentIsRefusedWhole(_ text: String, _ code: String, _ offset: Int) {
        do throws(EntryDecoder.DocumentError) {
            _ = try decode(text, defaults: .init(device: "D", receivedAt: receivedAt))
            Issue.record("the document was taken")
        } catch {
            #expect(error.code == code && error.offset == offset, "\(error)")
            #expect(error.detail.hasPrefix("offset \(offset): "))
        }
    }

    @Test func aBadEntryIsRefusedAlone() throws {
        var limits = EntryDecoder.Limits()
        limits.lineByteCountMax = 500
        limits.depthMax = 3
        limits.attributeCountMax = 2
        let bad = [
            (#"{"message":"m","level":"LOUD"}"#, "invalid_level"), (#"{"level":"INFO"}"#, "missing_message"),
            ("7", "not_an_object"),
            (#"["message"]"#, "not_an_object"), (#"{"message":"\ud800","a":"]}"}"#, "invalid_encoding"),
            (#"{"message":"m","a":[[["x, ]"]]],"b":{}}"#, "too_deep"),
            (#"{"a":1,"b":2,"c":"}","message":"m"}"#, "too_many_fields"),
            (#"{"message":"\#(String(repeating: "x", count: 500))"}"#, "line_too_long"),
            (#"{"message":"m","time":1}"#, "invalid_time"),
        ]
        let good = #"{"message":"good"}"#
        let entries = bad.flatMap { [good, $0.0] } + [good]
        for text in [
            "[" + entries.joined(separator: ",") + "]", "{\"entries\":[" + entries.joined(separator: " , ") + "]}",
        ] {
            let decoder = try decode(text, defaults: .init(device: "D", receivedAt: receivedAt), limits: limits)
            #expect(decoder.batch.entries.map(\.message) == [String](repeating: "good", count: bad.count + 1))
            #expect(decoder.rejections.map(\.code) == bad.map(\.1))
            #expect(decoder.rejections.map(\.index) == bad.indices.map { $0 * 2 + 1 })
            #expect(decoder.rejections.allSatisfy { $0.line == nil })
            #expect(decoder.originalIndexes == (0...bad.count).map { $0 * 2 })
        }
    }

    @Test func aSharedFieldThatIsWrongRefusesTheEntriesThatUseIt() throws {
        let decoder = try decode(
            #"{"device":"D","level":"LOUD","entries":[{"message":"1"},{"message":"2","level":"INFO"}]}"#)
        #expect(decoder.batch.entries.map(\.message) == ["2"])
        #expect(decoder.rejections.map(\.code) == ["invalid_level"])
    }

    @Test func arbitraryDocumentsNeverCrash() {
        var random = SeededGenerator(seed: 16)
        let text =
            #"{"entries":[{"message":"a","context":{"b":[1,{}]}},{"message":"c"}],"device":"D","boot":"x","sequence":1}"#
        for _ in 0..<4_000 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes[index] = Array("{}[]\",:\\ 1".utf8).randomElement(using: &random)!
                }
            }
            var decoder = EntryDecoder(defaults: .init(receivedAt: receivedAt))
            let isTaken = bytes.withUnsafeBytes { bytes in
                do throws(EntryDecoder.DocumentError) {
                    try decoder.decodeDocument(bytes)
                    return true
                } catch {
                    return false
                }
            }
            #expect(isTaken || decoder.entryCount == 0)
            #expect(decoder.batch.count + decoder.rejectedCount == decoder.entryCount)
        }
    }
}
