import LogDB
import LogModel
import Query

/// What all routes that take a query have in common: the text, and the filters beside it.
struct QueryParameters {
    /// The range when neither the query nor a parameter says any.
    enum DefaultRange {
        case lastHour
        case everything
    }

    var text: String
    private var filters: [Filter] = []
    private var range: TimeRange?
    private let now: Timestamp

    private static let hour: Int64 = 3_600_000_000

    /// - Throws: `Problem` 400.
    init(_ parameters: inout Parameters, now: Timestamp = .now) throws(Problem) {
        self.now = now
        text = try parameters.take("query") ?? ""
        if let filter = parameters.scope.filter { filters.append(filter) }
        for (name, field) in [("device", Field.device), ("session_id", .session), ("module", .module)] {
            let values = parameters.takeAll(name)
            if !values.isEmpty { filters.append(.any(values.map { QueryParameters.equals(field, $0) })) }
        }
        let levels = parameters.takeAll("level")
        if !levels.isEmpty { filters.append(.level(try QueryParameters.levels(levels))) }
        if let words = try parameters.take("q") { filters.append(QueryParameters.words(words)) }
        let since = try parameters.take("since")
        let until = try parameters.take("until")
        if since != nil || until != nil {
            range = TimeRange(
                since: try since.map { (text) throws(Problem) in try moment("since", text).since }
                    ?? TimeRange.all.since,
                until: try until.map { (text) throws(Problem) in try moment("until", text).until }
                    ?? TimeRange.all.until)
        }
    }

    /// The query, ready to run.
    func query(
        default defaultRange: DefaultRange, order: ScanOrder = .newestFirst, rowLimit: Int? = nil,
        cursor: Cursor? = nil, limits: ServerLimits, hasDeadline: Bool
    ) throws(QueryErrors) -> LogQuery {
        try LogQuery(
            text,
            context: context(
                default: defaultRange, order: order, rowLimit: rowLimit, cursor: cursor, limits, hasDeadline))
    }

    /// Whether no parameter but the query's text says which entries.
    var isUnfiltered: Bool { filters.isEmpty }

    /// The filter and the time of this query with other pipes; the query itself has been read before.
    func query(
        withPipes pipes: [PipeSyntax], in syntax: QuerySyntax, rowLimit: Int?, limits: ServerLimits
    ) throws(QueryErrors) -> LogQuery {
        var syntax = syntax
        syntax.pipes = pipes
        return try LogQuery(syntax.text, context: context(default: .lastHour, rowLimit: rowLimit, limits, true))
    }

    private func context(
        default defaultRange: DefaultRange, order: ScanOrder = .newestFirst, rowLimit: Int? = nil,
        cursor: Cursor? = nil, _ limits: ServerLimits, _ hasDeadline: Bool
    ) -> QueryContext {
        let hourAgo = Timestamp(microseconds: now.microseconds - QueryParameters.hour)
        return QueryContext(
            now: now,
            defaultRange: defaultRange == .lastHour ? TimeRange(since: hourAgo, until: TimeRange.all.until) : nil,
            additionalFilters: filters, additionalRange: range, order: order, rowLimit: rowLimit, cursor: cursor,
            deadline: hasDeadline ? ContinuousClock.now + limits.queryTimeMax : nil,
            memoryByteCountMax: limits.queryByteCountMax)
    }

    private static func equals(_ field: Field, _ value: String) -> Filter {
        .value(field, .equals(CaseFolding.fold(Array(value.utf8)), caseSensitive: false))
    }

    private static func levels(_ names: [String]) throws(Problem) -> LevelSet {
        var levels: LevelSet = []
        for name in names {
            guard let level = Level(name: name) else {
                throw Problem.parameter(
                    "level", "invalid_level", "“\(name)” is no level.", expected: Level.allCases.map(\.name))
            }
            levels.insert(LevelSet(level))
        }
        return levels
    }

    /// Each word must occur in the message, with the meaning that it has in a query; nothing is an operator.
    private static func words(_ text: String) -> Filter {
        .all(
            text.split(whereSeparator: \.isWhitespace).map { word in
                let folded = CaseFolding.fold(Array(word.utf8))
                let isToken = word.unicodeScalars.allSatisfy(Tokenizer.isTokenCharacter)
                return .text(isToken ? .word(folded) : .phrase(folded, openEnd: false))
            })
    }

    /// Reads a moment as the query language does after `since:` and `until:`.
    private func moment(_ name: String, _ text: String) throws(Problem) -> TimeRange {
        // What could not stand in one clause would read as another one.
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || "+-:./_µ".unicodeScalars.contains(scalar)
        }
        // A space where a form has eaten the plus of an offset would be such a case too.
        guard isPlain else {
            throw Problem.parameter(
                name, "invalid_time", "“\(text)” is no time; a + in it must be sent as %2B.",
                expected: QueryParameters.times)
        }
        do throws(QueryErrors) {
            return try LogQuery("\(name):\(text)", context: QueryContext(now: now)).range
        } catch {
            let first = error.diagnostics.first
            throw Problem.parameter(
                name, "invalid_time", first?.message ?? "“\(text)” is no time.",
                expected: first?.expected ?? QueryParameters.times, suggestion: first?.suggestion)
        }
    }

    private static let times = ["1h", "now", "2025-01-03T14:00:00Z", "1735912800"]
}
