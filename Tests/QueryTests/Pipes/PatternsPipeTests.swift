import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct PatternsPipeTests {
    private let entries =
        (0..<20).map { entry($0, "retry \($0) of 5", level: $0 < 5 ? .warn : .info) }
        + [entry(30, "id 3f2a9c0b1d"), entry(31, "id 550e8400-e29b-41d4-a716-446655440000 seen"), entry(32, "done")]

    private static let expected = [
        ["retry <num> of <num>", "20", "2025-01-15T10:00", "2025-01-15T10:00", "retry 19 of 5"],
        ["done", "1", "2025-01-15T10:00", "2025-01-15T10:00", "done"],
        ["id <hex>", "1", "2025-01-15T10:00", "2025-01-15T10:00", "id 3f2a9c0b1d"],
        [
            "id <uuid> seen", "1", "2025-01-15T10:00", "2025-01-15T10:00",
            "id 550e8400-e29b-41d4-a716-446655440000 seen",
        ],
    ]

    @Test func theyAreTheSameWhereverTheEntriesLie() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            #expect(try await table("| patterns", on: store).shown == Self.expected)
            #expect(try await table("| limit 100 | patterns 2", on: store).shown == Array(Self.expected.prefix(2)))
            try await store.compact { _, _ in }
            #expect(try await table("| patterns", on: store).shown == Self.expected)
            #expect(
                try await table("level:WARN | patterns | fields count, example", on: store).shown == [
                    ["5", "retry 4 of 5"]
                ])
            let source = try await table("| patterns | explain | where part:source | fields value", on: store)
            #expect(source.shown == [["patterns of the blocks"]])
        }
    }

    @Test func tooManyAreRefused() async throws {
        // Words of letters alone, so that each message is a pattern of its own.
        let many = (0..<3_000).map { index in
            entry(
                index,
                String(index).map {
                    String("abcdefghij"[String.Index(utf16Offset: Int(String($0))!, in: "abcdefghij")])
                }.joined())
        }
        try await withStore(many) { (store: LogStore) async throws -> Void in
            let error = await #expect(throws: LogError.self) {
                _ = try await table("| patterns", context(memory: 100_000), on: store)
            }
            #expect(error?.code == .memoryBudget)
            #expect(error?.message.contains("patterns") == true)
        }
    }
}
