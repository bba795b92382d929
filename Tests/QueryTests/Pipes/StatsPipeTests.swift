import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct StatsPipeTests {
    private let entries = [
        entry(0, "a", level: .warn, device: "d1", module: "nav", context: ["n": "10"]),
        entry(70, "b", level: .error, device: "d1", module: "nav", context: ["n": "9"]),
        entry(80, "c", level: .warn, device: "d2", module: "vision"),
        entry(3_700, "a", level: .debug, device: "d2", module: "nav", context: ["n": "10"]),
    ]

    private static let cases: [(String, [String], [[String]])] = [
        ("| stats count()", ["count()"], [["4"]]),
        ("a | stats count() as n, count()", ["n", "count()"], [["2", "2"]]),
        ("nothing_like_it | stats count()", ["count()"], [["0"]]),
        ("nothing_like_it | stats count() by module", ["module", "count()"], []),
        ("| stats count() by module", ["module", "count()"], [["nav", "3"], ["vision", "1"]]),
        (
            "| stats count() as n by module_name, dsn", ["module", "device", "n"],
            [["nav", "d1", "2"], ["nav", "d2", "1"], ["vision", "d2", "1"]]
        ),
        ("| stats count() by level", ["level", "count()"], [["DEBUG", "1"], ["WARN", "2"], ["ERROR", "1"]]),
        ("| stats count() by n", ["n", "count()"], [["9", "1"], ["10", "2"], ["-", "1"]]),
        (
            "| stats count() by bin(1m)", ["time", "count()"],
            [["2025-01-15T10:00", "1"], ["2025-01-15T10:01", "2"], ["2025-01-15T11:01", "1"]]
        ),
        (
            "tz:+00:30 | stats count() by bin(1h)", ["time", "count()"],
            [["2025-01-15T09:30", "3"], ["2025-01-15T10:30", "1"]]
        ),
        ("| stats count() as n by module | sort n", ["module", "n"], [["vision", "1"], ["nav", "3"]]),
        (
            "| stats count() as n by level | sort level desc | limit 2", ["level", "n"],
            [["ERROR", "1"], ["WARN", "2"]]
        ),
        ("| stats count() by level | sort \"count()\" desc | head 1 | fields level", ["level"], [["WARN"]]),
        ("| stats count() by level | tail 1", ["level", "count()"], [["ERROR", "1"]]),
        (
            "| limit 3 | stats count() by module, bin(1h)", ["module", "time", "count()"],
            [
                ["nav", "2025-01-15T10:00", "1"], ["nav", "2025-01-15T11:00", "1"],
                ["vision", "2025-01-15T10:00", "1"],
            ]
        ),
        ("| limit 0 | stats count()", ["count()"], [["0"]]),
        (
            "| sort n | limit 1 | stats count() by level, time", ["level", "time", "count()"],
            [["ERROR", "2025-01-15T10:01", "1"]]
        ),
        ("a | stats count() by time", ["time", "count()"], [["2025-01-15T10:00", "1"], ["2025-01-15T11:01", "1"]]),
        ("| tail 2 | stats count() by n", ["n", "count()"], [["9", "1"], ["10", "1"]]),
    ]

    @Test func tables() async throws {
        try await withStore(entries) { store in
            for (text, columns, rows) in Self.cases {
                let answer = try await table(text, on: store)
                #expect(answer.columns == columns, "\(text)")
                #expect(answer.shown == rows, "\(text)")
                #expect(answer.nextCursor == nil)
            }
        }
    }

    @Test func pagesOfATable() async throws {
        try await withStore((0..<25).map { entry($0, "a", context: ["n": String($0)]) }) { store in
            let text = "| stats count() by n | sort n desc"
            let whole = try await table(text, on: store).shown
            for limit in [1, 10, 24, 25, 26] {
                var rows: [[String]] = []
                var cursor: Cursor?
                repeat {
                    let answer = try await table(text, context(limit: limit, cursor: cursor), on: store)
                    #expect(answer.nextCursor == nil || answer.rows.count == limit)
                    rows += answer.shown
                    cursor = try answer.nextCursor.map { try Cursor(text: $0.text) }
                } while cursor != nil && rows.count < 100
                #expect(rows == whole, "\(limit) a page")
            }
        }
    }

    /// What the engine counts and what counting the rows gives is the same.
    @Test func bothWaysOfCountingAgree() async throws {
        var random = SeededGenerator(state: 7)
        let levels = Level.allCases
        let many = (0..<3_000).map { index in
            entry(
                Int.random(in: 0..<200_000, using: &random), "m\(index % 11)", level: levels[index % 5],
                device: "d\(Int.random(in: 0..<4, using: &random))",
                module: "m\(Int.random(in: 0..<3, using: &random))",
                context: index % 3 == 0 ? ["k": String(index % 7)] : [:])
        }
        try await withStore(many) { store in
            for by in ["", " by module", " by level, k", " by bin(7h)", " by bin(1d), device", " by message"] {
                for head in ["", "level:>=WARN", "k:>3 OR m1", "tz:America/New_York"] {
                    let fast = try await table("\(head) | stats count()\(by)", on: store)
                    let slow = try await table("\(head) | limit 1000000 | stats count()\(by)", on: store)
                    #expect(fast.shown == slow.shown, "\(head) \(by)")
                    let total = fast.rows.reduce(0) { $0 + (Int($1.last?.shown ?? "") ?? 0) }
                    if head.isEmpty { #expect(total == 3_000) }
                }
            }
        }
    }
}
