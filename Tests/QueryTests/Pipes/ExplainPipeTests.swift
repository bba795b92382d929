import LogDB
import Testing

@testable import Query

@Suite struct ExplainPipeTests {
    private func explained(_ text: String, limit: Int? = nil) async throws -> [String: Value] {
        var found: [String: Value] = [:]
        try await withStore((0..<20).map { entry($0, "m\($0)") }) { store in
            let answer = try await table(text, context(limit: limit), on: store)
            #expect(answer.columns == ["part", "value"])
            #expect(answer.nextCursor == nil)
            for row in answer.rows { found[row[0].shown] = row[1] }
            #expect(found.count == answer.rows.count)
        }
        return found
    }

    @Test func everyPartIsThere() async throws {
        let parts = try await explained("since:1h m1 OR m2 | limit 5 | explain")
        #expect(
            Set(parts.keys) == [
                "query", "since", "until", "tz", "filter", "source", "pipes", "blocks_considered",
                "blocks_pruned_by_time",
                "blocks_pruned_by_stream", "blocks_pruned_by_level", "blocks_pruned_by_index",
                "blocks_answered_by_metadata", "blocks_read", "blocks_damaged", "rows_scanned", "rows_matched",
                "rows_returned", "bytes_fetched", "cold_objects_read", "cold_bytes_fetched", "bytes_decompressed",
                "milliseconds_parse", "milliseconds_plan",
                "milliseconds_execute",
            ])
        #expect(parts["filter"]?.shown == "m1 OR m2")
        #expect(parts["pipes"]?.shown == "limit 5")
        #expect(parts["tz"]?.shown == "UTC")
        #expect(parts["since"] == .time(time("2025-01-15T09:20:30.123456Z")))
        #expect(parts["until"] == .missing)
        #expect(parts["rows_returned"] == .integer(2))
        #expect(parts["rows_matched"] == .integer(2))
    }

    @Test func aPageIsExplained() async throws {
        #expect(try await explained("| explain", limit: 3)["rows_returned"] == .integer(3))
    }

    @Test func countingIsExplained() async throws {
        let parts = try await explained("| stats count() by module | explain")
        #expect(parts["source"]?.shown == "aggregate")
        #expect(parts["rows_returned"] == .integer(1))
        #expect(parts["pipes"]?.shown == "stats count() by module")
    }
}
