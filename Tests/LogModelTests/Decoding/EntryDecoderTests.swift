import LogModel
import Testing

@Suite struct EntryDecoderTests {
    private let time = Timestamp(microseconds: 1_735_862_401_119_348)

    @Test func everyFieldUnderItsLongName() {
        let line = """
            {"device": "DEV", "session_id": "s-1", "module_name": "m", "logger_name": "l", "process_id": "17", "thread_id": "23", \
            "timestamp_us": 1735862401119348, "level": "DEBUG", "message": "hello", "context": {"a": "1", "b": "2"}}
            """
        #expect(
            entry(line)
                == Entry(
                    time: time, level: .debug, device: "DEV", session: "s-1", module: "m", logger: "l", process: "17",
                    thread: "23", message: "hello", context: [Entry.Attribute("a", "1"), Entry.Attribute("b", "2")]))
    }

    @Test func everyFieldUnderItsShortName() {
        let line = """
            {"dsn":"DEV","session":"s-1","module":"m","logger":"l","process":17,"thread":23,"time":"2025-01-03T00:00:01.119348Z",\
            "level":"warning","message":""}
            """
        #expect(
            entry(line)
                == Entry(
                    time: time, level: .warn, device: "DEV", session: "s-1", module: "m", logger: "l", process: "17",
                    thread: "23", message: ""))
        #expect(entry(#"{"timestamp":1735862401,"message":"x"}"#)?.time.microseconds == 1_735_862_401_000_000)
    }

    @Test func whatIsMissingComesFromTheDefaults() {
        #expect(entry(#"{"message":"m"}"#) == Entry(time: receivedAt, level: .info, device: "D", message: "m"))
        let defaults = EntryDecoder.Defaults(
            device: "D", session: "S", module: "M", logger: "L", process: "P", thread: "T", receivedAt: receivedAt)
        let decoder = decodeLines(#"{"message":"m","module":"own","thread":null}"#, defaults: defaults)
        #expect(
            decoder.batch.entries == [
                Entry(
                    time: receivedAt, device: "D", session: "S", module: "own", logger: "L", process: "P", thread: "T",
                    message: "m")
            ])
    }

    @Test func numbersAndBooleansAreKeptAsTheyAreWritten() {
        #expect(entry(#"{"message":-1.50e+3,"session":true,"module":0.10}"#)?.message == "-1.50e+3")
        #expect(entry(#"{"message":false,"session":true,"module":0.10}"#)?.message == "false")
        #expect(entry(#"{"message":"","session":true,"module":0.10}"#)?.session == "true")
        #expect(entry(#"{"message":"","session":true,"module":0.10}"#)?.module == "0.10")
    }

    @Test(
        arguments: [
            (#"{"a":1,"b":true,"c":null,"d":"x"}"#, ["a": "1", "b": "true", "d": "x"]),
            (#"{"a":{"b":{"c":1},"d":2},"e":3}"#, ["a.b.c": "1", "a.d": "2", "e": "3"]),
            (#"{"a":[1, "x", {"y": [null]}]}"#, ["a": #"[1, "x", {"y": [null]}]"#]),
            (#"{"a":{},"b":[],"c":{"d":{ }}}"#, ["a": "{}", "b": "[]", "c.d": "{ }"]),
            (#"{"a\n\u00e9":{"\"":"\t"}}"#, ["a\né.\"": "\t"]), (#"{"":"x","a":{"":"y"}}"#, ["": "x", "a.": "y"]),
            (#"{"a.b":1,"a":{"b":2}}"#, ["a.b": "2"]), (#"{"a":1,"a":2,"a":3}"#, ["a": "3"]),
            (#"{"a":1,"b":5,"a":null}"#, ["b": "5"]),
            ("{}", [:]), ("null", [:]), (" { } ", [:]),
            (#"{"message":"inner","time":1,"device":{"x":1}}"#, ["message": "inner", "time": "1", "device.x": "1"]),
        ] as [(String, [String: String])])
    func contextFlattens(_ context: String, _ expected: [String: String]) throws {
        let found = try #require(entry(#"{"message":"m","context":\#(context),"level":"FATAL"}"#))
        #expect(Dictionary(found.context.map { ($0.key, $0.value) }) { _, _ in "twice" } == expected)
        #expect(found.level == .fatal && found.message == "m" && found.device == "D")
    }

    @Test func otherNamesBecomeAttributes() {
        let found = entry(
            #"{"zone":"z","message":"m","gps":{"lat":1.5,"fix":{"ok":true}},"context":{"a":"1"},"id":[1]}"#)
        #expect(
            found?.context.map { "\($0.key)=\($0.value)" } == [
                "zone=z", "gps.lat=1.5", "gps.fix.ok=true", "a=1", "id=[1]",
            ])
    }

    @Test func theLastOfSeveralValuesCounts() {
        let found = entry(
            #"{"message":"1","level":"bogus","session":"a","x":1,"message":"2","level":"ERROR","session_id":"b","context":{"x":2}}"#
        )
        #expect(found?.message == "2")
        #expect(found?.level == .error)
        #expect(found?.session == "b")
        #expect(found?.context == [Entry.Attribute("x", "2")])
        #expect(entry(#"{"message":"1","session":"a","session":null}"#)?.session == "")
        #expect(entry(#"{"message":"1","context":5,"context":{"a":1}}"#)?.context == [Entry.Attribute("a", "1")])
        #expect(
            entry(#"{"message":"1","timestamp_us":5,"time":1735862401}"#)?.time.microseconds == 1_735_862_401_000_000)
        #expect(entry(#"{"message":"1","time":1735862401,"timestamp_us":5}"#)?.time.microseconds == 5)
    }

    @Test func namesMayBeEscaped() {
        #expect(
            entry(#"{"mess\u0061ge":"m","\u0078":"y"}"#)
                == Entry(
                    time: receivedAt, device: "D", message: "m", context: [Entry.Attribute("x", "y")]))
    }

    /// Names and values that change their place, length and look from line to line do not mislead what is kept from the
    /// line before.
    @Test func linesDoNotDependOnTheLinesBefore() {
        var random = SeededGenerator(seed: 12)
        let members = [
            #""message":"m""#, #""message": "another""#, #""level":"WARN""#, #""device" : "D2""#, #""device":"D""#,
            #""module":"m""#,
            #""module_name":"n""#, #""messag":"x""#, #""messages":"y""#, #""context":{"a":"1"}"#,
            #""context": {"b": 2, "a": {"c": 3}}"#,
            #""context":{}"#, #""a":"b""#, #""session":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab""#, #""n\u0061me":1"#,
            #""a name that is long":"value""#, #""timestamp_us":1735862401119348"#, #""time":"2025-01-03T00:00:01Z""#,
            #""":"""#,
        ]
        let lines = (0..<4_000).map { _ in
            "{"
                + (0..<Int.random(in: 0...7, using: &random)).map { _ in members.randomElement(using: &random)! }
                .joined(
                    separator: [",", ", ", " ,"].randomElement(using: &random)!) + "}"
        }
        let together = decodeLines(lines.joined(separator: "\n"))
        var row = 0
        for (index, line) in lines.enumerated() {
            let alone = decodeLines(line)
            guard alone.batch.count == 1 else {
                #expect(!together.originalIndexes.contains(index))
                continue
            }
            #expect(together.originalIndexes[row] == index)
            #expect(together.batch[row] == alone.batch[0], "\(line)")
            row += 1
        }
        #expect(row == together.batch.count)
        #expect(row > 1_000 && row < 4_000)
    }

    @Test func aTakenBatchLeavesNothingBehind() {
        var decoder = EntryDecoder(defaults: .init(device: "D", session: "S", receivedAt: receivedAt))
        let body = Array(
            "{\"message\":\"m\",\"module\":\"x\",\"a\":\"1\"}\n{\"message\":1,\"level\":\"no\"}\n{\"message\":\"n\"}\n"
                .utf8)
        for round in 0..<3 {
            _ = body.withUnsafeBytes { decoder.decodeLines($0, isLast: false) }
            #expect(decoder.originalIndexes == [round * 3, round * 3 + 2])
            let batch = decoder.takeBatch()
            #expect(batch.count == 2 && batch[0].module == "x" && batch[1].session == "S" && batch.strings.count <= 6)
            #expect(decoder.batch.isEmpty && decoder.originalIndexes.isEmpty)
        }
        #expect(decoder.entryCount == 9 && decoder.rejectedCount == 3)
        #expect(decoder.rejections.map(\.index) == [1, 4, 7])
        #expect(decoder.rejections.map(\.line) == [2, 5, 8])
    }
}
