import Foundation
import LogDB
import LogModel
import Testing

@testable import Query

/// Random queries on random entries, wherever these lie, answer what the naive evaluator says.
@Suite struct OracleTests {
    /// Each round is one store and one seed: a few here, other ones where `Scripts/oracle` asks for them, as `FIRST COUNT`.
    private static let rounds: Range<Int> = {
        let asked = (environment["LOGDB_ORACLE_ROUNDS"] ?? "0 1").split(separator: " ").compactMap { Int($0) }
        precondition(asked.count == 2, "LOGDB_ORACLE_ROUNDS is to be the first round and how many")
        return asked[0]..<(asked[0] + asked[1])
    }()
    /// Where a line of what came of the rounds is added.
    private static let resultsPath = environment["LOGDB_ORACLE_RESULTS"]
    private static let environment = ProcessInfo.processInfo.environment
    private static let queriesOfARound = 100

    @Test(arguments: OracleStore.Shape.allCases) func randomQueriesAgree(_ shape: OracleStore.Shape) async throws {
        let start = ContinuousClock.now
        var (agreedCount, refusedCount, differingCount) = (0, 0, 0)
        for round in Self.rounds {
            let seed = UInt64(round * 17 + 5)
            var random = SeededGenerator(state: seed)
            let entries = OracleStore.entries(round.isMultiple(of: 5) ? 300 : 120, &random)
            try await OracleStore.withStore(shape, entries) { store, known in
                var generator = RandomQuery(seed: seed &* 31 &+ 1)
                for _ in 0..<Self.queriesOfARound where differingCount < 5 {
                    let text = generator.text()
                    let isOldestFirst = Bool.random(using: &random)
                    let limit = Int.random(in: 1...60, using: &random)
                    do {
                        let difference = try await Self.compare(text, isOldestFirst, limit, store, known)
                        if let difference {
                            differingCount += 1
                            Issue.record("\(shape), seed \(seed): \(text)\n\(difference)")
                        } else {
                            agreedCount += 1
                        }
                    } catch let error as QueryErrors {
                        refusedCount += 1
                        let code = error.diagnostics.first?.code ?? ""
                        #expect(Self.refusals.contains(code), "\(text): \(code), \(error)")
                    }
                }
            }
        }
        #expect(refusedCount * 10 < Self.rounds.count * Self.queriesOfARound)
        try Self.note(
            "\(shape) \(Self.rounds.lowerBound) \(Self.rounds.count) \(agreedCount) \(refusedCount) "
                + "\(differingCount) \((ContinuousClock.now - start).components.seconds)")
    }

    /// Adds a line to the results, where there is a file of them.
    private static func note(_ line: String) throws {
        guard let resultsPath else { return }
        // Added in one call, because the shapes are tried beside each other.
        guard let file = fopen(resultsPath, "a") else { throw CocoaError(.fileWriteUnknown) }
        defer { fclose(file) }
        #expect(fputs(line + "\n", file) >= 0)
    }

    /// What a query that was put together blindly may be refused for: two columns of one name, a column that the pipes
    /// before left out, and tests that columns of levels or times do not take.
    private static let refusals: Set<String> = [
        "duplicate_column", "unknown_column", "unknown_level", "invalid_time", "invalid_value",
    ]

    /// - Returns: What differs.
    private static func compare(
        _ text: String, _ isOldestFirst: Bool, _ limit: Int, _ store: LogStore, _ known: [NaiveEntry]
    ) async throws -> String? {
        let now = Timestamp(microseconds: RandomQuery.start + RandomQuery.span)
        let order: ScanOrder = isOldestFirst ? .oldestFirst : .newestFirst
        let query = try LogQuery(text, context: QueryContext(now: now, order: order))
        let expected = NaiveEvaluator(entries: known, isOldestFirst: isOldestFirst, now: now.microseconds)
            .answer(query.syntax)
        let whole = try await rows(of: query, on: store)
        if let failure = difference(whole, expected) { return failure }
        // Pages come to the same.
        var paged: [[NaiveValue]] = []
        var cursor: Cursor?
        repeat {
            let page = try LogQuery(
                text, context: QueryContext(now: now, order: order, rowLimit: limit, cursor: cursor))
            let (found, next) = try await rowsAndCursor(of: page, on: store)
            paged += found.rows
            cursor = try next.map { try Cursor(text: $0.text) }
        } while cursor != nil && paged.count <= whole.rows.count
        if paged != whole.rows { return "pages of \(limit): \(paged.count) rows in place of \(whole.rows.count)" }
        return nil
    }

    private struct Found {
        var columns: [String]?
        /// Whether the rows are the entries' ids alone.
        var isEntries: Bool
        var rows: [[NaiveValue]]
    }

    private static func rows(of query: LogQuery, on store: LogStore) async throws -> Found {
        try await rowsAndCursor(of: query, on: store).found
    }

    private static func rowsAndCursor(
        of query: LogQuery, on store: LogStore
    ) async throws -> (found: Found, next: Cursor?) {
        switch try await query.run(on: store) {
        case .entries(let answer):
            var ids: [[NaiveValue]] = []
            for try await rows in answer { ids += rows.keys.map { [.text($0.id)] } }
            return (
                Found(columns: answer.columns.map { $0.map(\.columnName) }, isEntries: true, rows: ids),
                answer.nextCursor()
            )
        case .table(let answer):
            let rows = try await answer.rows().map { $0.map { naive($0) } }
            return (Found(columns: answer.columns, isEntries: false, rows: rows), answer.nextCursor())
        }
    }

    private static func naive(_ value: Value) -> NaiveValue {
        switch value {
        case .missing: .missing
        case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
        case .integer(let integer): .number(Double(integer))
        case .decimal(let decimal): .number(decimal)
        case .time(let time): .time(time.microseconds)
        case .boolean(let boolean): .boolean(boolean)
        case .attributes(let attributes):
            .text(
                attributes.map { String(decoding: $0.key + [61] + $0.value, as: UTF8.self) }.sorted().joined(
                    separator: " "))
        }
    }

    private static func difference(_ found: Found, _ expected: NaiveTable) -> String? {
        if let columns = found.columns, columns != expected.shown {
            return "\(columns) in place of \(expected.shown ?? [])"
        }
        let wanted = expected.rows.map { row -> [NaiveValue] in
            if found.isEntries, let entry = row.entry { return [.text(entry.id)] }
            return (expected.shown ?? []).map { column in
                guard column == "context", expected.isOpen else { return expected.value(column, row) }
                let shown = row.entry!.entry.context.filter {
                    !expected.hidden.contains(NaiveEvaluator.shown($0.key))
                }
                return .text(shown.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " "))
            }
        }
        guard found.rows.count == wanted.count else { return "\(found.rows.count) rows in place of \(wanted.count)" }
        for (index, (row, other)) in zip(found.rows, wanted).enumerated() where !agree(row, other) {
            return "row \(index): \(row)\nin place of \(other)"
        }
        return nil
    }

    private static func agree(_ found: [NaiveValue], _ wanted: [NaiveValue]) -> Bool {
        found.count == wanted.count
            && zip(found, wanted).allSatisfy { found, wanted in
                switch (found, wanted) {
                case (.number(let found), .about(let wanted)): abs(found - wanted) <= abs(wanted) * 0.0101
                // The naive sum of decimal numbers is not made up for what rounding loses.
                case (.number(let found), .number(let wanted)): abs(found - wanted) <= abs(wanted) * 1e-13
                default: found == wanted
                }
            }
    }
}
