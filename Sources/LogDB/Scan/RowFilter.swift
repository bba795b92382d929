import LogModel

/// A filter made ready to be evaluated on groups of rows. One for each thread of a scan: matchers keep working memory.
final class RowFilter {
    indirect enum Node {
        case everything
        case nothing
        /// The cheapest first.
        case all([Node])
        case any([Node])
        case not(Node)
        case level(LevelSet)
        case time(TimeRange)
        case received(TimeRange)
        case entry(EntryKey)
        case stream(ResolvedStream)
        case device(ValueMatcher)
        case session(ValueMatcher)
        case identifier(IdentifierColumn, ValueMatcher)
        case message(MessageFilter)
        case attribute([UInt8], ValueMatcher)
        case joined(JoinedAttribute, ValueMatcher)
        case committed(through: UInt64)

        /// What evaluating costs, roughly, against the others.
        var cost: Int {
            switch self {
            case .everything, .nothing: 0
            case .level: 1
            case .stream, .device, .session, .joined: 2
            case .time, .received, .entry, .committed: 3
            case .identifier: 4
            case .attribute: 6
            case .message: 8
            case .not(let node): node.cost
            case .all(let nodes), .any(let nodes): nodes.reduce(0) { $0 + $1.cost }
            }
        }
    }

    let root: Node
    private let names: any StreamNames
    private var scratch: MatchScratch

    convenience init(
        _ filter: Filter, names: any StreamNames, budget: MatchBudget = MatchBudget(CancellationFlag(), deadline: nil)
    ) {
        self.init(root: RowFilter.compile(filter), names: names, budget: budget)
    }

    init(root: Node, names: any StreamNames, budget: MatchBudget) {
        self.root = root
        self.names = names
        scratch = MatchScratch(budget: budget)
    }

    private static func compile(_ filter: Filter) -> Node {
        switch filter {
        case .everything: return .everything
        case .nothing: return .nothing
        case .all(let filters): return .all(filters.map(compile).sorted { $0.cost < $1.cost })
        case .any(let filters): return .any(filters.map(compile).sorted { $0.cost < $1.cost })
        case .not(let filter): return .not(compile(filter))
        case .level(let levels): return .level(levels)
        case .time(let range): return .time(range)
        case .received(let range): return .received(range)
        case .id(let key): return .entry(key)
        case .text(let test): return .message(MessageFilter(.text(TextMatcher(test))))
        case .joined(let attribute, let test): return .joined(attribute, ValueMatcher(test))
        case .stream(let device, let session):
            return .stream(ResolvedStream(device: device, session: session))
        case .committed(let sequence): return .committed(through: sequence)
        case .value(let field, let test):
            let matcher = ValueMatcher(test)
            switch field {
            case .device: return .device(matcher)
            case .session: return .session(matcher)
            case .module: return .identifier(.module, matcher)
            case .logger: return .identifier(.logger, matcher)
            case .process: return .identifier(.process, matcher)
            case .thread: return .identifier(.thread, matcher)
            case .message: return .message(MessageFilter(.value(matcher)))
            case .context(let key): return .attribute(Array(key.utf8), matcher)
            // Every entry has these; the query layer tests them by the cases of their own.
            case .time, .level, .id, .received: return test == .exists ? .everything : .nothing
            }
        }
    }

    /// The rows of `candidates` that pass.
    ///
    /// - Throws: What reading the columns throws; `.cancelled` and `.timeBudget` when the budget is used up.
    func evaluate(_ group: RowGroup, _ candidates: Bitmap) throws(LogError) -> Bitmap {
        let rows = try evaluate(root, group, candidates)
        if let failure = scratch.budget.failure { throw failure }
        return rows
    }

    private func evaluate(_ node: Node, _ group: RowGroup, _ rows: Bitmap) throws(LogError) -> Bitmap {
        if rows.isNone { return rows }
        switch node {
        case .everything:
            return rows
        case .nothing:
            return Bitmap(count: rows.count)
        case .all(let nodes):
            var rest = rows
            for node in nodes {
                rest = try evaluate(node, group, rest)
                if rest.isNone { break }
            }
            return rest
        case .any(let nodes):
            var found = Bitmap(count: rows.count)
            var rest = rows
            for node in nodes {
                let passed = try evaluate(node, group, rest)
                found.formUnion(passed)
                rest.subtract(passed)
                if rest.isNone { break }
            }
            return found
        case .not(let node):
            var rest = rows
            rest.subtract(try evaluate(node, group, rows))
            return rest
        case .level(let levels):
            let column = try group.levels()
            return filter(rows) { levels.rawValue & (1 << column[$0]) != 0 }
        case .time(let range):
            return RowFilter.rows(rows, of: try group.times(), within: range)
        case .received(let range):
            return RowFilter.rows(rows, of: try group.received(), within: range)
        case .entry(let key):
            let times = try group.times()
            let sequences = try group.sequences()
            let sequence = Int64(bitPattern: key.sequence)
            let found = filter(rows) { times[$0] == key.time && sequences[$0] == sequence }
            return try runs(group, found) { $0.device == key.device && $0.session == key.session }
        case .stream(let stream):
            return try runs(group, rows) { $0.device == stream.device && $0.session == stream.session }
        case .device(let matcher):
            var known: [UInt32: Bool] = [:]
            return try runs(group, rows) { (run) throws(LogError) in
                if let answer = known[run.device] { return answer }
                let answer = matches(matcher, try names.deviceName(run.device))
                known[run.device] = answer
                return answer
            }
        case .session(let matcher):
            return try runs(group, rows) { (run) throws(LogError) in
                run.session == 0 ? false : matches(matcher, try names.sessionName(run.session))
            }
        case .joined(let attribute, let matcher):
            return try runs(group, rows) { (run) throws(LogError) in
                try names.joined(attribute, device: run.device, session: run.session).map { matches(matcher, $0) }
                    ?? false
            }
        case .committed(let sequence):
            let column = try group.sequences()
            return filter(rows) { UInt64(bitPattern: column[$0]) <= sequence }
        case .identifier(let column, let matcher):
            let column = try group.identifiers(column)
            let passes = codes(of: column.values, matcher, emptyIsMissing: true)
            if !passes.contains(true) { return Bitmap(count: rows.count) }
            return filter(rows) { passes[Int(column.codes[$0])] }
        case .message(let filter):
            return try filter.evaluate(group, rows, scratch: &scratch)
        case .attribute(let key, let matcher):
            return try attribute(key, matcher, group, rows)
        }
    }

    private func filter(_ rows: Bitmap, _ passes: (Int) -> Bool) -> Bitmap {
        var found = Bitmap(count: rows.count)
        rows.forEachSet { if passes($0) { found.set($0) } }
        return found
    }

    /// The rows whose time in `column` lies in the range.
    static func rows(_ rows: Bitmap, of column: UnsafeBufferPointer<Int64>, within range: TimeRange) -> Bitmap {
        let since = range.since.microseconds
        let until = range.until.microseconds
        return rows.filtered { column[$0] >= since && column[$0] < until }
    }

    private func runs(
        _ group: RowGroup, _ rows: Bitmap, _ passes: (StreamRun) throws(LogError) -> Bool
    ) throws(LogError) -> Bitmap {
        var found = Bitmap(count: rows.count)
        for run in try group.streams() where try passes(run) { found.set(run.rows) }
        found.formIntersection(rows)
        return found
    }

    private func matches(_ matcher: ValueMatcher, _ value: [UInt8]) -> Bool {
        value.withUnsafeBytes { matcher.matches($0, scratch: &scratch) }
    }

    /// Which values of a dictionary pass.
    private func codes(of values: BytesView, _ matcher: ValueMatcher, emptyIsMissing: Bool) -> [Bool] {
        var passes = [Bool](repeating: false, count: values.count)
        for code in 0..<values.count {
            let value = values[code]
            if emptyIsMissing, value.isEmpty { continue }
            passes[code] = matcher.matches(value, scratch: &scratch)
        }
        return passes
    }

    private func attribute(
        _ key: [UInt8], _ matcher: ValueMatcher, _ group: RowGroup, _ rows: Bitmap
    ) throws(LogError) -> Bitmap {
        var found = Bitmap(count: rows.count)
        guard let column = try group.attribute(key) else { return found }
        if let codes = column.codes {
            let passes = self.codes(of: column.values, matcher, emptyIsMissing: false)
            if !passes.contains(true) { return found }
            for position in 0..<column.count where passes[Int(codes[position])] {
                let row = column.row(position)
                if rows[row] { found.set(row) }
            }
        } else {
            for position in 0..<column.count {
                let row = column.row(position)
                if rows[row], matcher.matches(column[position], scratch: &scratch) { found.set(row) }
            }
        }
        return found
    }
}
