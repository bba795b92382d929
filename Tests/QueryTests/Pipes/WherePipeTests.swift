import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct WherePipeTests {
    private let entries = [
        entry(0, "retry 3 of 5", level: .warn, device: "d1", module: "nav", context: ["n": "10"]),
        entry(10, "retry 1 of 5", level: .error, device: "d1", module: "Nav", context: ["n": "9"]),
        entry(20, "done", level: .info, device: "d2", module: "", context: ["level": "7"]),
    ]

    private static let cases: [(String, [String])] = [
        ("| where retry", ["retry 1 of 5", "retry 3 of 5"]), ("| where n:>9", ["retry 3 of 5"]),
        ("| limit 2 | where retry", ["retry 1 of 5"]), ("| limit 2 | where -module:*", ["done"]),
        ("| limit 3 | where level:>=WARN module:=Nav", ["retry 1 of 5"]),
        ("| limit 3 | where @level:7 OR n:10", ["done", "retry 3 of 5"]),
        ("| limit 3 | where \"retry 3\"* | where /of [0-9]/", ["retry 3 of 5"]),
        ("| rename level as l | where l:>=ERROR", ["retry 1 of 5"]),
        ("| limit 9 | where session_status:active device:d2", ["done"]),
        ("| sort n | where time:>=2025-01-15T10:00:20", ["done"]),
    ]

    @Test func entriesAreKept() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            for (text, messages) in Self.cases {
                let found = try await messagesOf(text, on: store)
                #expect(found == messages, "\(text)")
            }
        }
    }

    /// Filters see a whole number as one, however it was calculated.
    @Test(
        arguments: [
            ("mean:2", 1), ("mean:=2", 1), ("mean:!=2", 0), ("mean:in(1,2)", 1), ("mean:2.0", 0), ("mean:>=2", 1),
            ("mean:/^2$/", 1), ("mean:1.5", 0),
        ]) func calculatedNumbers(test: String, count: Int) async throws
    {
        let entries = [entry(0, "a", context: ["n": "1"]), entry(1, "b", context: ["n": "3"])]
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let found = try await table("| stats avg(n) as mean | where \(test)", on: store)
            #expect(found.rows.count == count, "\(test)")
        }
    }

    @Test func rowsOfATableAreKept() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let counted = "| stats count() as c, max(time) as t by level"
            #expect(
                try await table("\(counted) | where level:>INFO | fields level", on: store).shown == [
                    ["WARN"], ["ERROR"],
                ])
            #expect(
                try await table("\(counted) | where t:<2025-01-15T10:00:10 | fields level", on: store).shown == [
                    ["WARN"]
                ])
            #expect(
                try await table("| stats count() by module | where \"count()\":1 | where missing:module", on: store)
                    .shown == [["-", "1"]])
        }
    }

    /// What is part of the search reads no more than it would as the filter itself.
    @Test func aFilterOfEntriesIsPartOfTheSearch() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let explained = try await table(
                "| sort n | where level:ERROR | explain | where part:rows_matched", on: store)
            #expect(explained.shown == [["rows_matched", "1"]])
        }
    }
}

/// The messages of an answer, whether it is entries or a table.
func messagesOf(_ text: String, _ context: QueryContext = context(), on store: LogStore) async throws -> [String] {
    switch try await LogQuery(text, context: context).run(on: store) {
    case .entries: return try await page(text, context, on: store).messages
    case .table(let answer):
        guard let column = answer.columns.firstIndex(of: "message") else { throw UnexpectedAnswer() }
        return try await answer.rows().map { $0[column].shown }
    }
}
