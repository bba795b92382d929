import LogModel

/// Counts entries by the pattern of their message: by the templates of a block where it has them, so that most messages are
/// never written out.
struct PatternCounter {
    private let environment: ScanEnvironment
    private let range: TimeRange
    private let filter: Filter
    private let memoryByteCountMax: Int
    private let deadline: ContinuousClock.Instant?
    private let cancellation: CancellationFlag
    private let reader = MessagePatternReader()
    private var patterns: [[UInt8]: PatternResult.Pattern] = [:]
    private var byteCount = 0
    private var statistics = ScanStatistics()
    private var scratch: [UInt8] = []

    /// What a pattern takes beside its texts.
    private static let patternByteCount = 160

    init(
        _ environment: ScanEnvironment, range: TimeRange, filter: Filter, memoryByteCountMax: Int,
        deadline: ContinuousClock.Instant?, _ cancellation: CancellationFlag
    ) {
        self.environment = environment
        self.range = range
        self.filter = filter
        self.memoryByteCountMax = memoryByteCountMax
        self.deadline = deadline
        self.cancellation = cancellation
    }

    mutating func run(_ view: StoreView) throws(LogError) -> PatternResult {
        let rowFilter = RowFilter(
            filter, names: environment.registry, budget: MatchBudget(cancellation, deadline: deadline))
        let candidates =
            range.isEmpty
            ? []
            : try environment.candidates(
                in: view, range: range, filter: filter, root: rowFilter.root, statistics: &statistics)
        for candidate in candidates {
            try cancellation.check(deadline: deadline)
            do throws(LogError) {
                try count(candidate, rowFilter)
            } catch {
                guard error.concernsSomeBytes else { throw error }
                statistics.blocksDamaged += 1
            }
        }
        return PatternResult(patterns: Array(patterns.values), statistics: statistics)
    }

    private mutating func count(_ candidate: Candidate, _ rowFilter: RowFilter) throws(LogError) {
        let group = try environment.open(candidate)
        var rows = Bitmap(count: group.rowCount, all: true)
        let times = try group.times()
        if candidate.timeMin < range.since.microseconds || candidate.timeMax >= range.until.microseconds {
            rows = RowFilter.rows(rows, of: times, within: range)
        }
        statistics.rowsScanned += rows.setCount
        if !candidate.isWholly { rows = try rowFilter.evaluate(group, rows) }
        statistics.rowsMatched += rows.setCount
        statistics.blocksRead += 1
        // All or nothing of a block: what a damaged value leaves half-counted would be counted wrong.
        var found: [[UInt8]: PatternResult.Pattern] = [:]
        if let column = try group.messageColumn() {
            try count(column, rows, times, &found)
        } else {
            let messages = try group.messages()
            rows.forEachSet { row in add(messages[row], times[row], &found) }
        }
        for (text, pattern) in found { try merge(text, pattern) }
        statistics.bytesDecompressed += group.bytesDecoded
        statistics.bytesFetched += group.bytesFetched
        statistics.addCold(of: group)
    }

    /// What is known of a template's rows in a block.
    fileprivate struct TemplateRows {
        var count: UInt64 = 0
        var firstSeen = Int64.max
        var lastSeen = Int64.min
        /// Those of `lastSeen`.
        var lastRows: [Int] = []
    }

    private mutating func count(
        _ column: MessageColumn, _ rows: Bitmap, _ times: UnsafeBufferPointer<Int64>,
        _ found: inout [[UInt8]: PatternResult.Pattern]
    ) throws(LogError) {
        let codes = column.codes.view
        var byTemplate: [UInt32: TemplateRows] = [:]
        var single: [Int] = []
        rows.forEachSet { row in
            let template = codes[row]
            if column.templates.isWhole(Int(template)) {
                single.append(row)
                return
            }
            byTemplate[template, default: TemplateRows()].add(row, times[row])
        }
        for (_, known) in byTemplate {
            var example: [UInt8]?
            for row in known.lastRows {
                let message = try column.withMessage(row) { Array($0) }
                if example.map({ message.lexicographicallyPrecedes($0) }) ?? true { example = message }
            }
            guard let example else { continue }
            example.withUnsafeBytes { reader.read($0, into: &scratch) }
            add(
                PatternResult.Pattern(
                    text: scratch, count: known.count, firstSeen: known.firstSeen, lastSeen: known.lastSeen,
                    example: example), &found)
        }
        for row in single {
            let message = try column.withMessage(row) { Array($0) }
            message.withUnsafeBytes { add($0, times[row], &found) }
        }
    }

    private mutating func add(
        _ message: UnsafeRawBufferPointer, _ time: Int64, _ found: inout [[UInt8]: PatternResult.Pattern]
    ) {
        reader.read(message, into: &scratch)
        add(
            PatternResult.Pattern(
                text: scratch, count: 1, firstSeen: time, lastSeen: time, example: Array(message)), &found)
    }

    private func add(_ pattern: PatternResult.Pattern, _ found: inout [[UInt8]: PatternResult.Pattern]) {
        if found[pattern.text]?.add(pattern) == nil { found[pattern.text] = pattern }
    }

    private mutating func merge(_ text: [UInt8], _ pattern: PatternResult.Pattern) throws(LogError) {
        let before = patterns[text]?.example.count
        if patterns[text]?.add(pattern) == nil {
            patterns[text] = pattern
            byteCount += PatternCounter.patternByteCount + 2 * text.count + pattern.example.count
        } else if let before {
            byteCount += (patterns[text]?.example.count ?? before) - before
        }
        guard byteCount > memoryByteCountMax else { return }
        throw LogError(
            .memoryBudget,
            "The pipe patterns needs more than the \(memoryByteCountMax) bytes that a query may use: there are more than "
                + "\(patterns.count) patterns; narrow the filter, or ask for a shorter time.")
    }
}

extension PatternCounter.TemplateRows {
    fileprivate mutating func add(_ row: Int, _ time: Int64) {
        count += 1
        firstSeen = min(firstSeen, time)
        if time > lastSeen {
            lastSeen = time
            lastRows = [row]
        } else if time == lastSeen {
            lastRows.append(row)
        }
    }
}

extension MessageTemplates {
    /// Whether the template is that of messages that are kept whole, which have nothing else in common.
    func isWhole(_ template: Int) -> Bool { layouts[template].isOpaque && texts.range(template).count == 1 }
}
