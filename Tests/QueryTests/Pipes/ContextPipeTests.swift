import LogDB
import Testing

@testable import Query

@Suite struct ContextPipeTests {
    private let entries =
        (0..<10).map { entry($0 * 10, "a\($0)", session: "s1") }
        + (0..<5).map { entry($0 * 10 + 1, "b\($0)", session: "s2") }
        + [entry(45, "other", device: "x", session: "s1")]

    private static let cases: [(String, [String], [String])] = [
        ("a4 | context 1", ["a5", "a4", "a3"], ["false", "true", "false"]),
        ("a4 | context before 2", ["a4", "a3", "a2"], ["true", "false", "false"]),
        ("a4 | context after 1", ["a5", "a4"], ["false", "true"]),
        ("a4 OR a6 | context 1", ["a7", "a6", "a5", "a4", "a3"], ["false", "true", "false", "true", "false"]),
        ("a0 OR b0 | context after 1", ["b1", "a1", "b0", "a0"], ["false", "false", "true", "true"]),
        ("a4 | context 3 within 15s", ["a5", "a4", "a3"], ["false", "true", "false"]),
        (
            "a4 since:2025-01-15T10:00:40 until:2025-01-15T10:00:41 | context 1", ["a5", "a4", "a3"],
            ["false", "true", "false"]
        ),
        ("a* | limit 1 | context 1", ["a9", "a8"], ["true", "false"]),
        ("a4 | context 0", ["a4"], ["true"]), ("nothing | context 5", [], []),
        ("a4 | context 1 | where match:false", ["a5", "a3"], ["false", "false"]),
    ]

    @Test func neighboursAreFound() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            for (text, messages, matches) in Self.cases {
                let found = try await table("\(text) | fields message, match", on: store)
                #expect(found.rows.map { $0[0].shown } == messages, "\(text)")
                #expect(found.rows.map { $0[1].shown } == matches, "\(text)")
            }
        }
    }

    @Test func pagesGoOn() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            var messages: [String] = []
            var cursor: Cursor?
            repeat {
                let page = try await table("a* | context 1", context(limit: 3, cursor: cursor), on: store)
                messages += page.rows.map { $0[page.columns.firstIndex(of: "message")!].shown }
                cursor = try page.nextCursor.map { try Cursor(text: $0.text) }
            } while cursor != nil
            #expect(messages == (0..<10).reversed().map { "a\($0)" })
        }
    }

    /// Of matches their places are held, whatever they say, and rows are read as they are asked for.
    @Test func rowsAreNotHeld() async throws {
        let text = String(repeating: "long ", count: 100)
        let many = (0..<20_000).map { entry($0 / 10, "m\($0) \(text)", session: "s\($0 % 4)") }
        try await withStore(many) { (store: LogStore) async throws -> Void in
            var count = 0
            var matchCount = 0
            let answer = try await LogQuery(
                "/^m[0-9]*[05] / | context 1 | fields message, match", context: context(memory: 1 << 20)
            ).run(on: store)
            guard case .table(let table) = answer else { throw UnexpectedAnswer() }
            for try await rows in table {
                count += rows.count
                matchCount += rows.count { $0[1] == .boolean(true) }
            }
            #expect(matchCount == 4_000)
            // The first has none before it.
            #expect(count == 11_999)
        }
    }

    /// What a pipe like it before said is still known of the rows that it had.
    @Test func onePipeAfterAnother() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let found = try await table(
                "a4 | context 1 | rename match as first | context 1 | fields message, first, match", on: store)
            #expect(
                found.rows.map { $0.map(\.shown).joined(separator: " ") } == [
                    "a6 - false", "a5 false true", "a4 true true", "a3 false true", "a2 - false",
                ])
        }
    }

    /// Too many matches are refused, by the pipe's name.
    @Test func tooManyMatchesAreRefused() async throws {
        try await withStore((0..<5_000).map { entry($0, "m") }) { (store: LogStore) async throws -> Void in
            let error = await #expect(throws: LogError.self) {
                _ = try await table("| context 1", context(memory: 100_000), on: store)
            }
            #expect(error?.code == .memoryBudget)
            #expect(error?.message.contains("context") == true)
        }
    }
}
