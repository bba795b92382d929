import LogDB
import Testing

@testable import Query

@Suite struct TailPipeTests {
    @Test(
        arguments: [
            ("| tail 2", ["m1", "m0"]), ("| tail 0", []), ("| tail 100 | tail 3", ["m2", "m1", "m0"]),
            ("| limit 5 | tail 2", ["m6", "m5"]), ("| sort time | tail 2", ["m8", "m9"]),
            ("| tail 5 | where message:m3", ["m3"]), ("| tail 2 | where message:m3", []),
            ("| tail 4 | limit 1", ["m3"]),
        ] as [(String, [String])]) func theLastOfTheCurrentOrder(text: String, messages: [String]) async throws
    {
        try await withStore((0..<10).map { entry($0, "m\($0)") }) { (store: LogStore) async throws -> Void in
            #expect(try await page(text, context(), on: store).messages == messages)
            #expect(try await pages(text, limit: 1, on: store).messages == messages)
            let other = try await page("| tail 2", context(order: .oldestFirst), on: store).messages
            #expect(other == ["m8", "m9"])
        }
    }

    /// Few of many are found without holding the others.
    @Test func theLastOfMany() async throws {
        let many = (0..<20_000).map { entry($0, "m\($0)" + String(repeating: " long", count: 40)) }
        try await withStore(many) { (store: LogStore) async throws -> Void in
            for text in ["| tail 3 | fields message", "| limit 100000 | tail 3 | fields message"] {
                let found = try await page(text, context(memory: 2 << 20), on: store).messages
                #expect(found.map { $0.prefix(3) } == ["m2 ", "m1 ", "m0 "])
            }
            let error = await #expect(throws: LogError.self) {
                _ = try await page("| limit 100000 | tail 19000", context(memory: 1 << 20), on: store)
            }
            #expect(error?.code == .memoryBudget)
        }
    }
}
