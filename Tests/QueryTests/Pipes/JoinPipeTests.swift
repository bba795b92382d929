import LogDB
import Testing

@testable import Query

/// What tables say of an entry's session, as a column.
@Suite struct JoinPipeTests {
    private let entries = [
        entry(0, "a", session: "s1", context: ["x": "1"]), entry(1, "b", session: "s2"), entry(2, "c", session: ""),
    ]

    @Test(
        arguments: [
            ("| fields message, session_status", [["c", "-"], ["b", "active"], ["a", "active"]]),
            (
                "| sort session_status, message | fields message, x, session_status",
                [["a", "1", "active"], ["b", "-", "active"], ["c", "-", "-"]]
            ),
            ("| limit 100 | where session_status:active | stats count()", [["2"]]),
            ("| limit 100 | where missing:session_status | fields message, session_status", [["c", "-"]]),
            ("| stats count() if (session_status:active) as n", [["2"]]),
            ("| uniq session_status with hits", [["active", "2"]]),
            ("a | context 0 | fields session_status, match", [["active", "true"]]),
            ("| sort x | limit 1 | fields session_status, x", [["active", "1"]]),
        ] as [(String, [[String]])]) func itIsAColumn(text: String, rows: [[String]]) async throws
    {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            #expect(try await table(text, on: store).shown == rows, "\(text)")
        }
    }
}
