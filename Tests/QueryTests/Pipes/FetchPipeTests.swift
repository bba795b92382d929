import LogDB
import LogModel
import Testing

@testable import Query

/// Rows that were chosen by a part of them come whole, in the order in which they were chosen.
@Suite struct FetchPipeTests {
    private let entries = (0..<900).map { number in
        entry(
            number / 3, "message \(number)", level: number % 300 == 0 ? .error : .info, device: "d\(number % 4)",
            session: "s\(number % 5)", module: "m\(number % 3)",
            context: ["n": String(number * 7 % 900), "k": "v\(number)"])
    }

    @Test(arguments: [false, true]) func rowsAreWhole(isSealed: Bool) async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            if isSealed { try await store.compact { _, _ in } }
            for limit in [1, 128, 129, 700] {
                let found = try await table(
                    "| sort n desc | limit \(limit) | rename k as v | fields n, v, message, device, session, module",
                    on: store)
                #expect(found.rows.count == limit)
                for (place, row) in found.shown.enumerated() {
                    let number = (0..<900).first { $0 * 7 % 900 == 899 - place }!
                    #expect(
                        row == [
                            String(899 - place), "v\(number)", "message \(number)", "d\(number % 4)", "s\(number % 5)",
                            "m\(number % 3)",
                        ])
                }
            }
        }
    }

    /// What was computed before stays with its row.
    @Test func columnsStay() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let found = try await table(
                "| extract \"message <number>\" | where number:<3 | sort number desc | fields number, k", on: store)
            #expect(found.shown == [["2", "v2"], ["1", "v1"], ["0", "v0"]])
            let kept = try await table(
                "| dedup level, module | rename k as v | fields level, message, v | sort message", on: store)
            #expect(
                kept.shown == [
                    ["ERROR", "message 600", "v600"], ["INFO", "message 897", "v897"], ["INFO", "message 898", "v898"],
                    ["INFO", "message 899", "v899"],
                ])
        }
    }
}
