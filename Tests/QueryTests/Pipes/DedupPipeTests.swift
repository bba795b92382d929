import LogDB
import Testing

@testable import Query

@Suite struct DedupPipeTests {
    private let entries = (0..<6).map {
        entry($0, "m\($0)", module: ["nav", "gps", ""][$0 % 3], context: ["n": String($0 / 3)])
    }

    @Test(arguments: [
        ("| dedup module", ScanOrder.newestFirst, ["m5", "m4", "m3"]),
        ("| dedup module", .oldestFirst, ["m3", "m4", "m5"]),
        ("| sort n, module | dedup module", .newestFirst, ["m4", "m3", "m5"]),
        ("| dedup module, n | limit 4", .newestFirst, ["m5", "m4", "m3", "m2"]),
        ("| dedup n", .newestFirst, ["m5", "m2"]), ("| limit 2 | dedup level", .oldestFirst, ["m1"]),
    ])
    func theNewestIsKept(text: String, order: ScanOrder, messages: [String]) async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            #expect(try await page(text, context(order: order), on: store).messages == messages)
        }
    }

    @Test func ofATableTheFirstIsKept() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let rows = try await table("| stats count() as c by module, n | sort module desc | dedup module", on: store)
            #expect(rows.shown == [["nav", "0", "1"], ["gps", "0", "1"], ["-", "0", "1"]])
        }
    }
}
