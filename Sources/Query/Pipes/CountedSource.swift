import LogDB
import LogModel

/// The answer of a `stats` that stands first, found by the engine: from what it knows of whole segments and blocks, and on
/// encoded columns elsewhere. No row is copied.
///
/// The engine counts the combinations of groups and of an aggregate's values; aggregates that the order of entries has no
/// part in follow from these.
enum CountedSource {
    /// How many groups the engine may find.
    private static let groupCountMax = 500_000
    /// Up to how many combinations of groups and values it is tried before the rows are read.
    private static let valueCountMax = 100_000
    /// What a group of the engine takes, about: its values are arrays, in its answer and on the way there.
    private static let groupByteCount = 512

    /// One question to the engine: which entries count, and which values are told apart beside the groups.
    private struct Question: Equatable {
        var condition: Filter
        var fields: [Field]
    }

    /// Whether the plan can be answered so, on the entries themselves.
    static func canAnswer(_ plan: StatsPlan) -> Bool {
        plan.groups.allSatisfy { group in
            guard case .field(let field) = group.column.reference else { return false }
            return group.step == nil || field == .time
        } && plan.groups.filter { $0.step != nil }.count <= 1
            && plan.aggregates.allSatisfy { question(of: $0) != nil || (plan.groups.isEmpty && end(of: $0) != nil) }
    }

    /// What the first entry in an order tells: an aggregate of all rows that is the value of the earliest or latest.
    private struct End {
        var order: ScanOrder
        /// Which entries have a say.
        var condition: Filter
        var field: Field
    }

    private static func end(of aggregate: StatsPlan.Aggregate) -> End? {
        guard let condition = aggregate.condition.map({ $0.scanFilter }) ?? .everything,
            case .field(let field) = aggregate.columns.first?.reference
        else { return nil }
        func end(_ order: ScanOrder) -> End {
            End(order: order, condition: .all([condition, exists(field)]), field: field)
        }
        switch aggregate.function {
        case .first: return end(.oldestFirst)
        case .last: return end(.newestFirst)
        case .min where field == .time: return end(.oldestFirst)
        case .max where field == .time: return end(.newestFirst)
        case .min, .max, .count, .countUniq, .sum, .avg, .quantile, .rate: return nil
        }
    }

    /// Nil where the engine has no answer.
    private static func question(of aggregate: StatsPlan.Aggregate) -> Question? {
        guard let condition = aggregate.condition.map({ $0.scanFilter }) ?? .everything else { return nil }
        var fields: [Field] = []
        for column in aggregate.columns {
            guard case .field(let field) = column.reference else { return nil }
            fields.append(field)
        }
        switch aggregate.function {
        case .count where !fields.isEmpty:
            return Question(condition: .all([condition, .any(fields.map(exists))]), fields: [])
        case .count, .rate: return Question(condition: condition, fields: [])
        case .countUniq, .sum, .avg, .min, .max, .quantile:
            // Each entry has its own, or nearly: the rows themselves take less.
            let isWide = fields.contains { [.time, .received, .id, .message].contains($0) }
            return isWide ? nil : Question(condition: condition, fields: fields)
        case .first, .last: return nil
        }
    }

    private static func exists(_ field: Field) -> Filter {
        switch field {
        case .time, .received, .level, .id: .everything
        case .device, .session, .module, .logger, .process, .thread, .message, .context: .value(field, .exists)
        }
    }

    /// - Returns: Nil where there are too many values, so that the rows have to be read.
    static func answer(
        _ plan: StatsPlan, _ groups: GroupedAggregates, range: TimeRange, filter: Filter, context: RunContext,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> (any RowSource)? {
        var questions: [Question] = []
        // Finds the groups that no condition leaves rows in.
        if !plan.groups.isEmpty { questions.append(Question(condition: .everything, fields: [])) }
        var asking: [[Int]] = questions.map { _ in [] }
        for (place, aggregate) in plan.aggregates.enumerated() {
            if plan.groups.isEmpty, let end = end(of: aggregate) {
                let rows = try await Extent.end(
                    end.order, range, .all([filter, end.condition]), context, fields: [end.field])
                if let rows {
                    let value = ColumnReader(RowBatch(entries: rows), .field(end.field)).value(0)
                    groups.add([value], count: 1, group: groups.group([]), aggregate: place)
                }
                continue
            }
            guard let question = question(of: aggregate) else { return nil }
            if let known = questions.firstIndex(of: question) {
                asking[known].append(place)
            } else {
                questions.append(question)
                asking.append([place])
            }
        }
        for (question, aggregates) in zip(questions, asking) {
            let wasAnswered = try await ask(question, for: aggregates, groups, range, filter, context)
            if !wasAnswered { return nil }
        }
        return HeldRows(try groups.finish())
    }

    private static func ask(
        _ question: Question, for aggregates: [Int], _ groups: GroupedAggregates, _ range: TimeRange,
        _ filter: Filter, _ context: RunContext,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> Bool {
        let plan = groups.plan
        let bin = plan.groups.firstIndex { $0.step != nil }
        let buckets = bin.flatMap { groups.buckets[$0] }
        let pieces = buckets?.pieces(of: range) ?? [(range, .timeBucket(step: 1, offset: 0))]
        let filter = question.condition == .everything ? filter : .all([filter, question.condition])
        var countMax = min(groupCountMax, max(1_000, context.query.context.memoryByteCountMax / groupByteCount))
        if !question.fields.isEmpty { countMax = min(countMax, valueCountMax) }
        for piece in pieces where !piece.range.isEmpty {
            var keys: [GroupKey] = []
            for (place, group) in plan.groups.enumerated() {
                guard case .field(let field) = group.column.reference else { return false }
                keys.append(place == bin ? piece.key : .field(field))
            }
            keys += question.fields.map { .field($0) }
            let result: AggregateResult
            do {
                result = try await context.aggregate(piece.range, filter, keys, groupCountMax: countMax)
            } catch let error as LogError where error.code == .memoryBudget {
                // In rows that are read one after the other a group takes less.
                return false
            }
            for found in result.groups where found.count > 0 {
                var values = found.values.map { Value($0) }
                // The engine's buckets of one piece know one offset of the zone.
                if let bin, let buckets, case .time(let time) = values[bin] {
                    values[bin] = .time(buckets.start(ofKey: time.microseconds, since: piece.range.since))
                }
                let group = groups.group(Array(values.prefix(plan.groups.count)))
                let arguments = Array(values.dropFirst(plan.groups.count))
                for aggregate in aggregates {
                    groups.add(arguments, count: found.count, group: group, aggregate: aggregate)
                }
            }
            try groups.checkMemory()
        }
        return true
    }
}

extension Value {
    init(_ value: GroupValue) {
        switch value {
        case .missing: self = .missing
        case .text(let bytes): self = .text(bytes)
        case .time(let time): self = .time(Timestamp(microseconds: time))
        }
    }
}
