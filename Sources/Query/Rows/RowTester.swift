import LogDB
import LogModel

/// Evaluates a `RowTest` on batches of rows, with the engine's own matchers.
final class RowTester {
    private indirect enum Node {
        case constant(Bool)
        case all([Node])
        case any([Node])
        case not(Node)
        case level(ColumnReference, LevelSet)
        case time(ColumnReference, TimeRange)
        /// By the place of the tester in `values` or `texts`.
        case value(ColumnReference, Int)
        case text(ColumnReference, Int)
    }

    private var root = Node.constant(true)
    private var values: [ValueTester] = []
    private var texts: [TextTester] = []
    private let deadline: ContinuousClock.Instant?

    /// - Parameter deadline: When evaluating ends with `LogError.Code.timeBudget`. Nil: never.
    init(_ test: RowTest, deadline: ContinuousClock.Instant?) {
        self.deadline = deadline
        root = compile(test)
    }

    private func compile(_ test: RowTest) -> Node {
        switch test {
        case .everything: .constant(true)
        // The planner joins the attributes of tests that rows are tested with.
        case .nothing, .joined: .constant(false)
        case .all(let tests): .all(tests.map(compile))
        case .any(let tests): .any(tests.map(compile))
        case .not(let test): .not(compile(test))
        case .column(let column, let filter): compile(filter, column.reference)
        }
    }

    private func compile(_ filter: Filter, _ column: ColumnReference) -> Node {
        switch filter {
        case .everything: return .constant(true)
        case .nothing, .joined, .stream, .committed: return .constant(false)
        case .all(let filters): return .all(filters.map { compile($0, column) })
        case .any(let filters): return .any(filters.map { compile($0, column) })
        case .not(let filter): return .not(compile(filter, column))
        case .level(let levels): return .level(column, levels)
        case .time(let range), .received(let range): return .time(column, range)
        case .id(let key): return value(.equals(Array(key.id.utf8), caseSensitive: true), column)
        case .value(_, let test): return value(test, column)
        case .text(let test):
            texts.append(TextTester(test, deadline: deadline))
            return .text(column, texts.count - 1)
        }
    }

    private func value(_ test: ValueTest, _ column: ColumnReference) -> Node {
        values.append(ValueTester(test, deadline: deadline))
        return .value(column, values.count - 1)
    }

    /// Which rows pass.
    ///
    /// - Throws: `LogError` with `timeBudget`.
    func evaluate(_ batch: RowBatch) throws(LogError) -> [Bool] {
        let passes = evaluate(root, batch)
        for failure in values.lazy.map(\.failure) + texts.lazy.map(\.failure) {
            if let failure { throw failure }
        }
        return passes
    }

    private func evaluate(_ node: Node, _ batch: RowBatch) -> [Bool] {
        switch node {
        case .constant(let answer): return [Bool](repeating: answer, count: batch.count)
        case .all(let nodes):
            var passes = [Bool](repeating: true, count: batch.count)
            for node in nodes {
                let others = evaluate(node, batch)
                for row in passes.indices where !others[row] { passes[row] = false }
            }
            return passes
        case .any(let nodes):
            var passes = [Bool](repeating: false, count: batch.count)
            for node in nodes {
                let others = evaluate(node, batch)
                for row in passes.indices where others[row] { passes[row] = true }
            }
            return passes
        case .not(let node): return evaluate(node, batch).map { !$0 }
        case .level(let column, let levels): return self.levels(levels, ColumnReader(batch, column), batch.count)
        case .time(let column, let range):
            let reader = ColumnReader(batch, column)
            return (0..<batch.count).map { row in
                guard case .time(let time) = reader.value(row) else { return false }
                return range.since <= time && time < range.until
            }
        case .text(let column, let tester):
            let reader = ColumnReader(batch, column)
            return (0..<batch.count).map { row in reader.withBytes(row) { texts[tester].passes($0) } ?? false }
        case .value(let column, let tester):
            return valuePasses(ColumnReader(batch, column), tester, batch.count)
        }
    }

    private func levels(_ levels: LevelSet, _ reader: ColumnReader, _ count: Int) -> [Bool] {
        if let column = reader.levels { return column.map { levels.rawValue & (1 << $0) != 0 } }
        return (0..<count).map { row in
            let level = reader.withBytes(row) { Level(name: $0) } ?? nil
            return level.map(levels.contains) ?? false
        }
    }

    private func valuePasses(_ reader: ColumnReader, _ tester: Int, _ count: Int) -> [Bool] {
        guard let identifiers = reader.identifiers else {
            return (0..<count).map { row in reader.withBytes(row) { values[tester].passes($0) } ?? false }
        }
        // Once a string, not once a row.
        var known = [Bool?](repeating: nil, count: reader.strings.count)
        return (0..<count).map { row in
            let string = Int(identifiers[row])
            if let answer = known[string] { return answer }
            let answer = reader.withBytes(row) { values[tester].passes($0) } ?? false
            known[string] = answer
            return answer
        }
    }
}
