import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct EndAggregateTests {
    /// Some of one moment: the order goes on by device, session and commit position.
    private static let entries = [
        entry(5, "e5", device: "b", context: ["x": "late"]), entry(0, "e0", device: "b", context: ["x": "b0"]),
        entry(0, "f0", device: "a", context: ["x": "a0"]), entry(5, "f5", device: "c"),
        entry(5, "g5", device: "b", context: ["x": "later"]), entry(3, "e3", device: "a"),
    ]

    @Test func theValueOfTheEarliestAndLatestThatHasOne() async throws {
        try await expectBothWays(
            "| stats first(x), last(x), first(message), last(message), first(none), last(message) if (device:a)",
            [["a0", "later", "f0", "f5", "-", "e3"]], of: Self.entries)
    }

    @Test func ofEachGroup() async throws {
        try await expectBothWays(
            "| stats first(message), last(x) by device",
            [["a", "f0", "a0"], ["b", "e0", "later"], ["c", "f5", "-"]], of: Self.entries)
    }

    /// Rows of a table have no time of their own.
    @Test func ofATableTheFirstAndLastRow() async throws {
        try await expectBothWays(
            "| stats count() by device, x | sort x desc | stats first(x), last(x)", [["later", "a0"]], of: Self.entries)
    }

    /// Of many rows the ends come out whatever the order in which they are read.
    @Test(arguments: [ScanOrder.newestFirst, .oldestFirst]) func eitherOrder(_ order: ScanOrder) async throws {
        let entries = (0..<5_000).map { entry($0, "m\($0)", module: "m\($0 % 3)") }
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let found = try await table(
                "| stats first(message), last(message) by module", context(order: order), on: store)
            #expect(found.shown == [["m0", "m0", "m4998"], ["m1", "m1", "m4999"], ["m2", "m2", "m4997"]])
        }
    }
}
