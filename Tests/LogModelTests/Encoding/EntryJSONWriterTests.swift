import LogModel
import Testing

@Suite struct EntryJSONWriterTests {
    private static func json(_ entry: Entry, id: String = "a-1") -> String {
        var writer = EntryJSONWriter()
        var output: [UInt8] = []
        writer.append(0, of: Batch([entry]), id: id, received: Timestamp(microseconds: 1_000_000), to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func everyMemberIsThereInItsOrder() {
        let entry = Entry(
            time: Timestamp(microseconds: 1_735_914_732_345_678), level: .error, device: "D-1", session: "s",
            module: "m",
            logger: "l", process: "1", thread: "2", message: "hello \"you\"",
            context: [Entry.Attribute("a", "1"), Entry.Attribute("b.c", "")])
        #expect(
            EntryJSONWriterTests.json(entry) == #"""
                {"id":"a-1","time":"2025-01-03T14:32:12.345678Z","received":"1970-01-01T00:00:01.000000Z",\#
                "device":"D-1","session":"s","level":"ERROR","module":"m","logger":"l","process":"1","thread":"2",\#
                "message":"hello \"you\"","context":{"a":"1","b.c":""}}
                """#)
        #expect(
            EntryJSONWriterTests.json(Entry(time: Timestamp(microseconds: 0), device: "D", message: ""))
                .hasSuffix(#""thread":"","message":"","context":{}}"#))
    }

    @Test func timesOfAllDaysAreTheirText() {
        var writer = EntryJSONWriter()
        for microseconds in TimestampTests.moments {
            let time = Timestamp(microseconds: microseconds)
            var output: [UInt8] = []
            writer.appendTime(time, to: &output)
            #expect(String(decoding: output, as: UTF8.self) == "\"\(time)\"")
        }
    }

    /// What is written is what the decoder reads; the members that entries do not have come back as attributes.
    @Test func whatIsWrittenReadsBack() {
        var random = SeededGenerator(seed: 10)
        var writer = EntryJSONWriter()
        var entries: [Entry] = []
        var output: [UInt8] = []
        for index in 0..<2_000 {
            // The names differ from each other and from the other members'.
            let context = (0..<Int.random(in: 0...4, using: &random)).map {
                Entry.Attribute("\($0)" + random.text(countMax: 20), random.text(countMax: 30))
            }
            var entry = Entry(
                time: Timestamp(microseconds: Int64.random(in: 0...4_000_000_000_000_000, using: &random)),
                level: Level.allCases.randomElement(using: &random)!, device: "d" + random.text(countMax: 5),
                session: random.text(countMax: 40), module: random.text(countMax: 8), logger: random.text(countMax: 8),
                process: random.text(countMax: 8), thread: random.text(countMax: 8),
                message: random.text(countMax: 300),
                context: context)
            writer.append(0, of: Batch([entry]), id: "\(index)", received: entry.time, to: &output)
            output.append(UInt8(ascii: "\n"))
            entry.context = [Entry.Attribute("id", "\(index)"), Entry.Attribute("received", "\(entry.time)")] + context
            entries.append(entry)
        }
        let decoder = decodeLines(bytes: output)
        #expect(decoder.rejections == [])
        #expect(decoder.batch.entries == entries)
    }
}
