import LogDB
import LogModel
import Testing

@testable import Query

/// Expects the answer of a query that begins with `| stats`, told by the engine where it can and from the rows read, of
/// entries in memory and of sealed ones.
func expectBothWays(_ text: String, _ rows: [[String]], of entries: [Entry]) async throws {
    for isSealed in [false, true] {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            if isSealed { try await store.compact { _, _ in } }
            for query in [text, text.replacing("| ", with: "| limit 1000000 | ", maxReplacements: 1)] {
                #expect(try await table(query, on: store).shown == rows, "\(query), sealed: \(isSealed)")
            }
        }
    }
}
