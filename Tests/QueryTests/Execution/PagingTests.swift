import LogDB
import LogModel
import Testing

@testable import Query

/// Cursors while the store changes, and cursors that do not fit.
@Suite struct PagingTests {
    private let entries = (0..<10).map { entry($0, "m\($0)", context: ["n": String(($0 * 7) % 10)]) }

    @Test func entriesOfOneMomentAreNeitherRepeatedNorLost() async throws {
        let same = (0..<50).map { entry(0, "m\($0)", device: "d\($0 % 3)", session: "s\($0 % 5)") }
        try await withStore(same) { store in
            for text in ["", "| sort level", "| sort device", "| limit 40", "| tail 40"] {
                let whole = try await page(text, context(), on: store).messages
                #expect(Set(whole).count == whole.count)
                for limit in [1, 7, 49, 50, 51] {
                    #expect(
                        try await pages(text, limit: limit, on: store).messages == whole, "\(text), \(limit) a page")
                }
            }
        }
    }

    @Test func laterCommitsAppearOnlyAfterThePosition() async throws {
        try await withStore(entries) { store in
            var round = 0
            let found = try await pages("", limit: 4, on: store) {
                round += 1
                guard round == 1 else { return }
                _ = try await store.append(Batch([entry(20, "newer"), entry(2, "older")]))
            }
            #expect(found.messages.filter { $0.hasPrefix("m") } == entries.map(\.message).reversed())
            #expect(!found.messages.contains("newer"))
            #expect(found.messages.contains("older"))
        }
    }

    @Test(arguments: [
        "| sort n", "| sort n desc | limit 8", "| limit 6 | sort n", "| tail 6 | sort n", "| sort n | tail 7",
    ])
    func aSortedAnswerStaysWhatItWas(text: String) async throws {
        try await withStore(entries) { store in
            let whole = try await page(text, context(), on: store).messages
            let found = try await pages(text, limit: 2, on: store) {
                _ = try await store.append(
                    Batch([entry(20, "late", context: ["n": "5"]), entry(-1, "late", context: ["n": "5"])]))
            }
            #expect(found.messages == whole)
        }
    }

    @Test func theRangeIsFixedByTheFirstPage() async throws {
        try await withStore(entries) { store in
            let first = try await page("since:21m", context(limit: 4), on: store)
            var later = context(limit: 100, cursor: first.cursor)
            later.now = Timestamp(microseconds: planNow.microseconds + 3_600_000_000)
            let second = try await page("since:21m", later, on: store)
            #expect(first.messages + second.messages == entries.map(\.message).reversed())
            let written = try LogQuery("since:21m", context: context()).range
            #expect(try LogQuery("since:21m", context: later).range == written)
        }
    }

    @Test func anExactPageHasNoCursor() async throws {
        try await withStore(entries) { store in
            let cases: [(text: String, limit: Int?, isLast: Bool)] = [
                ("", 10, true), ("", 9, false), ("| limit 5", 5, true), ("| sort n | limit 5", 5, true),
                ("| sort n | tail 5", 4, false), ("| limit 5", nil, true),
            ]
            for (text, limit, isLast) in cases {
                let found = try await page(text, context(limit: limit), on: store)
                #expect((found.cursor == nil) == isLast, "\(text)")
            }
        }
    }

    @Test func aForeignCursorIsRefused() async throws {
        try await withStore(entries) { store in
            let cursor = try await page("m*", context(limit: 2), on: store).cursor
            let rows = try await table("m* | stats count() by n", context(limit: 2), on: store).nextCursor
            for (text, cursor, order) in [
                ("x*", cursor, ScanOrder.newestFirst), ("m*", cursor, .oldestFirst), ("m*", rows, .newestFirst),
                ("m* | stats count() by n", cursor, .newestFirst),
            ] {
                do throws(QueryErrors) {
                    _ = try LogQuery(text, context: context(limit: 2, cursor: cursor, order: order))
                    Issue.record("Accepted: \(text)")
                } catch {
                    #expect(error.diagnostics.map(\.code) == ["foreign_cursor"])
                }
            }
        }
    }

    @Test func aSortedPageWhoseLastEntryIsGoneSaysSo() async throws {
        var cursor: Cursor?
        try await withStore(entries) { store in cursor = try await page("| sort n", context(limit: 2), on: store).cursor
        }
        try await withStore([entry(99, "other")]) { store in
            do {
                _ = try await page("| sort n", context(limit: 2, cursor: cursor), on: store)
                Issue.record("Accepted.")
            } catch let error as QueryErrors {
                #expect(error.diagnostics.map(\.code) == ["expired_cursor"])
            }
        }
    }

    @Test func sortingAndTailingAreBoundedInMemory() async throws {
        let long = String(repeating: "x", count: 1_000)
        try await withStore((0..<5_000).map { entry($0, "\($0) \(long)", context: ["n": String($0 % 97)]) }) { store in
            for text in ["| sort n", "| tail 4000"] {
                do {
                    _ = try await page(text, context(memory: 3 << 20), on: store)
                    Issue.record("Accepted: \(text)")
                } catch let error as LogError {
                    #expect(error.code == .memoryBudget)
                }
            }
            // The first few are found in little memory.
            let first = try await page("| sort n | limit 3", context(memory: 8 << 20), on: store)
            #expect(first.messages.map { $0.prefix { $0 != " " } } == ["4947", "4850", "4753"])
            let last = try await page("| sort n, time | tail 2", context(memory: 8 << 20), on: store)
            #expect(last.messages.map { $0.prefix { $0 != " " } } == ["4849", "4946"])
        }
    }
}
