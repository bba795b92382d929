import LogDB
import Testing

@testable import Query

@Suite struct LimitPipeTests {
    @Test(
        arguments: [
            ("| limit 2", ["m9", "m8"]), ("| head 2", ["m9", "m8"]), ("| limit 0", []),
            ("| limit 100 | limit 3 | limit 5", ["m9", "m8", "m7"]), ("| sort time | limit 2", ["m0", "m1"]),
            ("| limit 4 | sort time | head 2", ["m6", "m7"]), ("| limit 5 | where message:m7", ["m7"]),
            ("| limit 2 | where message:m7", []),
        ] as [(String, [String])]) func theFirstOfTheCurrentOrder(text: String, messages: [String]) async throws
    {
        try await withStore((0..<10).map { entry($0, "m\($0)") }) { (store: LogStore) async throws -> Void in
            #expect(try await page(text, context(), on: store).messages == messages)
            #expect(try await pages(text, limit: 1, on: store).messages == messages)
        }
    }

    @Test func rowsOfATable() async throws {
        try await withStore((0..<10).map { entry($0, "m\($0)") }) { (store: LogStore) async throws -> Void in
            #expect(try await table("| uniq message | limit 2", on: store).shown == [["m0"], ["m1"]])
        }
    }
}
