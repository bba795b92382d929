import LogModel

/// Counts a whole segment's rows from what is known of it, without reading a block.
///
/// Two tables know: how many rows of each level fall in each minute, and how many have each template and level. Which of
/// them answers depends on what the filter and the groups ask for; where neither does, the blocks are read.
struct SegmentAggregator {
    private let environment: ScanEnvironment
    private let range: TimeRange
    private let root: RowFilter.Node
    private let keys: [GroupKey]
    private let asksOnlyLevels: Bool
    private let asksOnlyTemplates: Bool
    private var scratch = MatchScratch()

    init(_ environment: ScanEnvironment, range: TimeRange, root: RowFilter.Node, keys: [GroupKey]) {
        self.environment = environment
        self.range = range
        self.root = root
        self.keys = keys
        asksOnlyLevels = SegmentAggregator.asksOnly(root, messages: false)
        asksOnlyTemplates = SegmentAggregator.asksOnly(root, messages: true)
    }

    /// Adds the segment's rows to `counts`.
    ///
    /// - Returns: How many rows there were, or nil when the blocks have to be read; then nothing was added.
    mutating func count(
        _ segment: Segment, into counts: inout [[GroupValue]: UInt64]
    ) throws(LogError) -> UInt64? {
        let record = segment.record
        guard record.timeMin >= range.since.microseconds, record.timeMax < range.until.microseconds else { return nil }
        var constants: [GroupValue?] = []
        var open: GroupKey?
        for key in keys {
            if case .timeBucket(let step, let offset) = key {
                let start = TimeBucket.start(record.timeMin, step: step, offset: offset)
                if start == TimeBucket.start(record.timeMax, step: step, offset: offset) {
                    constants.append(.time(start))
                    continue
                }
            }
            // One key beside the level may vary within the segment.
            if key != .field(.level) {
                guard open == nil else { return nil }
                open = key
            }
            constants.append(nil)
        }
        do throws(LogError) {
            switch open {
            case nil:
                if asksOnlyLevels { return countLevels(record, constants, &counts) }
                return asksOnlyTemplates ? try countTemplates(segment, constants, &counts) : nil
            case .timeBucket(let step, let offset)?:
                let minute = SegmentCensus.microsecondsPerMinute
                guard asksOnlyLevels, step % minute == 0, offset % minute == 0 else { return nil }
                return try countMinutes(segment, constants, step: step, offset: offset, &counts)
            case .field(.device)?, .field(.session)?:
                guard case .everything = root, !keys.contains(.field(.level)) else { return nil }
                return try countStreams(segment, constants, open == .field(.device), &counts)
            default:
                return nil
            }
        } catch {
            // The blocks tell what a damaged table does not.
            guard error.concernsSomeBytes else { throw error }
            return nil
        }
    }

    // MARK: Tables

    private func countLevels(
        _ record: SegmentRecord, _ constants: [GroupValue?], _ counts: inout [[GroupValue]: UInt64]
    ) -> UInt64 {
        let levels = passingLevels(root)
        var total: UInt64 = 0
        for level in Level.allCases where levels & (1 << level.rawValue) != 0 {
            total += add(record.levelCounts[Int(level.rawValue)], level, constants, nil, &counts)
        }
        return total
    }

    private func countMinutes(
        _ segment: Segment, _ constants: [GroupValue?], step: Int64, offset: Int64,
        _ counts: inout [[GroupValue]: UInt64]
    ) throws(LogError) -> UInt64? {
        let census = try environment.directories.census(of: segment)
        // The first minute of all begins before the first moment that a number can tell.
        guard let first = census.minutes.first,
            !first.multipliedReportingOverflow(by: SegmentCensus.microsecondsPerMinute).overflow
        else { return nil }
        let levels = passingLevels(root)
        let width = SegmentCensus.levelCount
        var total: UInt64 = 0
        var bucket: Int64?
        var sums = [UInt64](repeating: 0, count: width)
        func flush() {
            guard let bucket else { return }
            for level in Level.allCases where levels & (1 << level.rawValue) != 0 {
                total += add(sums[Int(level.rawValue)], level, constants, .time(bucket), &counts)
            }
        }
        for (index, minute) in census.minutes.enumerated() {
            let start = TimeBucket.start(
                minute * SegmentCensus.microsecondsPerMinute, step: step, offset: offset)
            if start != bucket {
                flush()
                bucket = start
                for level in 0..<width { sums[level] = 0 }
            }
            for level in 0..<width { sums[level] += UInt64(census.levelCounts[index * width + level]) }
        }
        flush()
        return total
    }

    private func countStreams(
        _ segment: Segment, _ constants: [GroupValue?], _ isByDevice: Bool, _ counts: inout [[GroupValue]: UInt64]
    ) throws(LogError) -> UInt64? {
        guard let streams = try environment.directories.census(of: segment).streams else { return nil }
        var total: UInt64 = 0
        var index = 0
        while index < streams.count {
            let stream = streams[index]
            var rows: UInt64 = 0
            repeat {
                rows += UInt64(streams[index].rows)
                index += 1
            } while isByDevice && index < streams.count && streams[index].device == stream.device
            let name =
                isByDevice
                ? try environment.registry.deviceName(stream.device)
                : try environment.registry.sessionName(stream.session)
            total += add(rows, .debug, constants, name.isEmpty ? .missing : .text(name), &counts)
        }
        return total
    }

    private mutating func countTemplates(
        _ segment: Segment, _ constants: [GroupValue?], _ counts: inout [[GroupValue]: UInt64]
    ) throws(LogError) -> UInt64? {
        let templates = try environment.directories.templates(of: segment)
        let decision = decide(root, templates)
        let width = SegmentCensus.levelCount
        var sums = [UInt64](repeating: 0, count: width)
        for template in 0..<templates.count {
            let passing = decision.passing[template]
            let open = decision.open[template]
            for level in 0..<width {
                let rows = templates.levelCounts[template * width + level]
                guard rows > 0 else { continue }
                if open & (1 << UInt8(level)) != 0 { return nil }
                if passing & (1 << UInt8(level)) != 0 { sums[level] += UInt64(rows) }
            }
        }
        return Level.allCases.reduce(0) { total, level in
            total + add(sums[Int(level.rawValue)], level, constants, nil, &counts)
        }
    }

    /// - Parameter value: That of the key that varies, if there is one.
    private func add(
        _ rows: UInt64, _ level: Level, _ constants: [GroupValue?], _ value: GroupValue?,
        _ counts: inout [[GroupValue]: UInt64]
    ) -> UInt64 {
        guard rows > 0 else { return 0 }
        var values: [GroupValue] = []
        for (key, constant) in zip(keys, constants) {
            values.append(constant ?? (key == .field(.level) ? .text(Array(level.name.utf8)) : value!))
        }
        counts[values, default: 0] += rows
        return rows
    }

    // MARK: The filter

    private static func asksOnly(_ node: RowFilter.Node, messages: Bool) -> Bool {
        switch node {
        case .everything, .nothing, .level: true
        case .all(let nodes), .any(let nodes): nodes.allSatisfy { asksOnly($0, messages: messages) }
        case .not(let node): asksOnly(node, messages: messages)
        case .message: messages
        default: false
        }
    }

    /// The levels whose rows pass, a bit each, where the filter asks for nothing else.
    private func passingLevels(_ node: RowFilter.Node) -> UInt8 {
        switch node {
        case .nothing: 0
        case .level(let levels): UInt8(truncatingIfNeeded: levels.rawValue)
        case .all(let nodes): nodes.reduce(0x1f) { $0 & passingLevels($1) }
        case .any(let nodes): nodes.reduce(0) { $0 | passingLevels($1) }
        case .not(let node): ~passingLevels(node) & 0x1f
        default: 0x1f
        }
    }

    /// For each template the levels whose rows pass, and those for which the values of the slots decide, a bit each.
    private struct Decision {
        var passing: [UInt8]
        var open: [UInt8]
    }

    private mutating func decide(_ node: RowFilter.Node, _ templates: MessageTemplates) -> Decision {
        let count = templates.count
        switch node {
        case .message(let filter):
            let verdicts = filter.verdicts(of: templates, &scratch)
            return Decision(
                passing: verdicts.map { $0 == .all ? 0x1f : 0 }, open: verdicts.map { $0 == .some ? 0x1f : 0 })
        case .not(let node):
            var decision = decide(node, templates)
            for index in 0..<count {
                decision.passing[index] = ~(decision.passing[index] | decision.open[index]) & 0x1f
            }
            return decision
        case .all(let nodes):
            var result = Decision(
                passing: [UInt8](repeating: 0x1f, count: count), open: [UInt8](repeating: 0, count: count))
            for node in nodes {
                let decision = decide(node, templates)
                for index in 0..<count {
                    let possible =
                        (result.passing[index] | result.open[index]) & (decision.passing[index] | decision.open[index])
                    result.passing[index] &= decision.passing[index]
                    result.open[index] = possible & ~result.passing[index]
                }
            }
            return result
        case .any(let nodes):
            var result = Decision(
                passing: [UInt8](repeating: 0, count: count), open: [UInt8](repeating: 0, count: count))
            for node in nodes {
                let decision = decide(node, templates)
                for index in 0..<count {
                    result.passing[index] |= decision.passing[index]
                    result.open[index] = (result.open[index] | decision.open[index]) & ~result.passing[index]
                }
            }
            return result
        default:
            return Decision(
                passing: [UInt8](repeating: passingLevels(node), count: count),
                open: [UInt8](repeating: 0, count: count))
        }
    }
}
