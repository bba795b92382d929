import LogDB
import Testing

@testable import Query

@Suite struct FieldNamesPipeTests {
    private let entries = [
        entry(0, "a", module: "m", context: ["x": "1", "level": "2"]), entry(1, "b", context: ["x": ""]),
        entry(2, "c", module: "n", context: ["y": "3"]),
    ]

    /// Told by the engine and counted in the rows it is the same; an attribute that is called like a field has `@`.
    @Test func fieldsAndAttributes() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            for query in ["| fieldnames", "| limit 100 | fieldnames"] {
                let found = try await table(
                    "\(query) | where name:(module OR x OR y OR \"@level\" OR thread)", on: store)
                #expect(found.shown == [["module", "2"], ["x", "2"], ["@level", "1"], ["y", "1"]], "\(query)")
            }
        }
    }

    @Test func columnsOfPipesBefore() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let found = try await table("| stats max(x) as most, count() as n by module | fieldnames", on: store)
            #expect(found.shown == [["n", "3"], ["module", "2"], ["most", "2"]])
            let chosen = try await table("| fields y, message | fieldnames", on: store)
            #expect(chosen.shown == [["message", "3"], ["y", "1"]])
        }
    }
}
