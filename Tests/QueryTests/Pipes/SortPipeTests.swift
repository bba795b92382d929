import LogDB
import LogModel
import Testing

@testable import Query

/// `sort` among rows that are equal in its keys.
@Suite struct SortPipeTests {
    /// Of one moment, from streams that were first seen in another order than their names'.
    private static let entries = [
        entry(0, "c1", level: .warn, device: "c"), entry(0, "a1", level: .warn, device: "a"),
        entry(0, "b1", level: .error, device: "b", session: "y"), entry(0, "a2", level: .warn, device: "a"),
        entry(0, "b2", level: .warn, device: "b", session: "x"), entry(1, "late", level: .warn, device: "a"),
        entry(0, "b3", level: .error, device: "b", session: "x"),
    ]

    private static let newestFirst = ["late", "c1", "b1", "b3", "b2", "a2", "a1"]

    private static let cases: [(String, [String])] = [
        ("", newestFirst),
        ("| sort module", newestFirst),
        ("| sort time", ["c1", "b1", "b3", "b2", "a2", "a1", "late"]),
        ("| sort time desc", newestFirst),
        ("| sort level", ["late", "c1", "b2", "a2", "a1", "b1", "b3"]),
        ("| sort level desc", ["b1", "b3", "late", "c1", "b2", "a2", "a1"]),
        ("| sort message desc | sort level", ["late", "c1", "b2", "a2", "a1", "b3", "b1"]),
        ("| sort level | tail 3", ["a1", "b1", "b3"]),
        ("| sort level | limit 3", ["late", "c1", "b2"]),
        ("| limit 5 | sort level", ["late", "c1", "b2", "b1", "b3"]),
        ("| tail 3 | sort level desc", ["b2", "a2", "a1"]),
    ]

    @Test(arguments: cases) func equalRowsKeepTheirOrder(text: String, expected: [String]) async throws {
        try await withStore(Self.entries) { store in
            let whole = try await page(text, context(), on: store).messages
            #expect(whole == expected)
            for limit in 1...4 {
                let paged = try await pages(text, limit: limit, on: store).messages
                #expect(paged == expected, "by \(limit)")
            }
        }
    }

    @Test func theOtherOrderTurnsThemToo() async throws {
        try await withStore(Self.entries) { store in
            let oldestFirst = context(order: .oldestFirst)
            #expect(
                try await page("| sort module", oldestFirst, on: store).messages == Array(Self.newestFirst.reversed()))
            let paged = try await pages("| sort level", limit: 2, order: .oldestFirst, on: store).messages
            #expect(paged == ["a1", "a2", "b2", "c1", "late", "b3", "b1"])
        }
    }

    /// Few rows of many are found without holding the others, and come with all that they have.
    @Test func theFirstOfMany() async throws {
        let text = String(repeating: "long ", count: 100)
        let many = (0..<20_000).map { number in
            entry(
                number / 10, "m\(number) \(text)", module: "m\(number % 7)",
                context: ["n": String(number * 7_919 % 20_000), "k": "v\(number)"])
        }
        try await withStore(many) { store in
            for (sort, order) in [("n", { $0 }), ("n desc", { 19_999 - $0 })] as [(String, (Int) -> Int)] {
                let answer = try await table(
                    "| sort \(sort) | limit 200 | rename k as v | fields n, v, module, message",
                    context(memory: 2 << 20), on: store)
                #expect(answer.rows.count == 200)
                for (place, row) in answer.rows.enumerated() {
                    let number = (0..<20_000).first { $0 * 7_919 % 20_000 == order(place) }!
                    #expect(
                        row.map(\.shown) == ["\(order(place))", "v\(number)", "m\(number % 7)", "m\(number) \(text)"])
                }
            }
        }
    }
}
