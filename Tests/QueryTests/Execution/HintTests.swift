import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct HintTests {
    private let entries = [entry(0, "gps", level: .warn, context: ["camera": "front"])]
    private let lastMinute = range("2025-01-15T10:19:30Z", nil)

    private func codes(_ text: String, _ store: LogStore, default range: TimeRange? = nil) async throws -> [String] {
        try await page(text, context(defaultRange: range), on: store).warnings.map(\.code)
    }

    @Test func anEmptyAnswerUnderTheDefaultSaysWhenThereIsOne() async throws {
        try await withStore(entries) { store in
            let found = try await page("gps", context(defaultRange: lastMinute), on: store)
            #expect(found.messages.isEmpty)
            #expect(found.warnings.map(\.code) == ["empty_default_range"])
            #expect(found.warnings[0].message.contains("2025-01-15T10:00:00.000000Z"))
            #expect(try await codes("nothing_like_it", store, default: lastMinute) == ["empty_default_range"])
            #expect(try await codes("gps since:1m", store, default: lastMinute) == [])
            #expect(try await codes("gps", store, default: range("2025-01-15T09:00Z", nil)) == [])
            let counted = try await table("gps | stats count()", context(defaultRange: lastMinute), on: store)
            #expect(counted.shown == [["0"]])
            #expect(counted.warnings.map(\.code) == ["empty_default_range"])
        }
    }

    @Test func anUnknownNameWithoutHitsThatResemblesAField() async throws {
        try await withStore(entries) { store in
            let found = try await page("ü -modul:nav", context(), on: store)
            #expect(found.warnings.map(\.code) == ["unknown_field"])
            #expect(found.warnings[0].offset == 3)
            #expect(found.warnings[0].length == 5)
            #expect(found.warnings[0].message.contains("module:"))
            #expect(try await codes("camera:front", store) == [])
            #expect(try await codes("nothing_like_it:x", store) == [])
            #expect(try await codes("| sort modul", store) == ["unknown_field"])
            #expect(try await table("| stats count() by modul", on: store).warnings.map(\.code) == ["unknown_field"])
        }
    }

    @Test func aNameWithHitsIsRightWhateverItResembles() async throws {
        try await withStore([entry(0, "a", context: ["levels": "3"])]) { store in
            let found = try await codes("levels:4", store)
            #expect(found == [])
        }
    }

    @Test func warningsOfTheTextAreThereAtOnce() async throws {
        let query = try LogQuery("level: a or b", context: context())
        #expect(query.warnings.map(\.code) == ["literal_field", "lowercase_operator"])
    }
}
