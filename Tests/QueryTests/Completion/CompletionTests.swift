import LogDB
import Testing

@testable import Query

@Suite struct CompletionTests {
    private static let places: [(String, CompletionPlace.Kind, String)] = [
        ("", .clause(isFirst: true), ""), ("mod", .clause(isFirst: true), "mod"),
        ("a mo", .clause(isFirst: false), "mo"),
        ("-mo", .clause(isFirst: true), "mo"), ("(a OR mo", .clause(isFirst: false), "mo"),
        ("module:na", .value(field: "module", isAttribute: false), "na"),
        ("@level:", .value(field: "level", isAttribute: true), ""),
        ("level:>=W", .value(field: "level", isAttribute: false), "W"),
        ("level:(WARN OR E", .value(field: "level", isAttribute: false), "E"),
        ("module:\"na", .value(field: "module", isAttribute: false), "na"), ("has:mo", .field, "mo"),
        ("since:1", .time(name: "since"), "1"),
        ("a | st", .pipe, "st"), ("a |", .pipe, ""), ("a || mo", .clause(isFirst: false), "mo"),
        ("\"a | st", .nothing, "\"a | st"),
        ("| where lev", .clause(isFirst: true), "lev"),
        ("| where level:E", .value(field: "level", isAttribute: false), "E"),
        ("| stats co", .function, "co"), ("| stats count() by mo", .group, "mo"), ("| stats sum(re", .field, "re"),
        ("| stats count() if (lev", .clause(isFirst: true), "lev"), ("| sort mo", .field, "mo"),
        ("| sort module d", .direction, "d"),
        ("| sort a desc, b", .field, "b"), ("| top 5 mo", .field, "mo"), ("| top 5", .nothing, "5"),
        ("| limit 5", .nothing, "5"),
        ("| timechart 5", .time(name: "step"), "5"), ("| timechart 5m co", .function, "co"),
    ]

    @Test func placesAreTold() {
        for (text, kind, written) in Self.places {
            let place = CompletionPlace(text)
            #expect(place.kind == kind, "\(text)")
            #expect(place.written == written, "\(text)")
        }
    }

    @Test func itemsFit() async throws {
        let entries = [
            entry(0, "a", device: "Drone-1", module: "nav", context: ["camera_id": "front cam"]),
            entry(1, "b", device: "Drone-2", module: "nav"), entry(2, "c", device: "Robot", module: "gps"),
        ]
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            func complete(_ text: String, at: Int? = nil) async throws -> QueryCompletion {
                try await QueryCompletion.complete(
                    text, at: at ?? text.unicodeScalars.count, context: context(), on: store)
            }
            let values = try await complete("x module:")
            #expect(values.items == [.init("nav", .value, count: 2), .init("gps", .value, count: 1)])
            #expect((values.offset, values.length) == (9, 0))
            #expect(try await complete("device:dr").items.map(\.text) == ["Drone-1", "Drone-2"])
            #expect(try await complete("camera_id:").items.map(\.text) == ["\"front cam\""])
            #expect(try await complete("cam").items.map(\.text) == ["camera_id:"])
            #expect(try await complete("mod | sort x", at: 3).items.map(\.text) == ["module:"])
            #expect(try await complete("level:E").items.map(\.text) == ["ERROR"])
            #expect(try await complete("| to").items.map(\.text) == ["top"])
            #expect(try await complete("| stats count() as n by module | sort ").items.map(\.text) == ["module", "n"])
            #expect(try await complete("| stats q").items.map(\.text) == ["quantile("])
            #expect(try await complete("tz:Europe/Berl").items.map(\.text) == ["Europe/Berlin"])
            #expect(try await complete("si").items == [.init("since:", .time)])
            #expect(try await complete("ü dev").offset == 2)
        }
    }

    /// Whatever is written, it is answered.
    @Test func nothingThatIsWrittenIsTooOdd() {
        var random = SeededGenerator(state: 5)
        for _ in 0..<20_000 {
            let text = FuzzText.make(&random)
            let place = CompletionPlace(text)
            #expect(text.hasSuffix(place.written) || place.written.isEmpty)
        }
    }
}
