import Foundation
import LogModel

@testable import Query

/// What queries must answer, found the slow and obvious way from the syntax tree and all entries. It shares no code with
/// what it checks but the parser.
struct NaiveEvaluator {
    /// From the oldest.
    let entries: [NaiveEntry]
    let isOldestFirst: Bool
    let now: Int64

    func answer(_ query: QuerySyntax) -> NaiveTable {
        let range = range(query)
        let all = isOldestFirst ? entries : entries.reversed()
        let rows = all.filter { range.contains($0.entry.time.microseconds) }.map { NaiveRow(entry: $0) }
        var table = NaiveTable(rows: rows)
        table.rows = rows.filter { NaiveFilter(table: table, row: $0).matches(query.filter) }
        for pipe in query.pipes { apply(pipe.kind, to: &table, range) }
        return table
    }

    /// The generator writes moments as microseconds.
    private func range(_ query: QuerySyntax) -> Range<Int64> {
        var range = Int64.min..<Int64.max
        func moment(_ instant: InstantSyntax) -> Int64 {
            if case .epoch(let digits) = instant { return Int64(digits) ?? 0 }
            return 0
        }
        for clause in query.timeClauses {
            switch clause.kind {
            case .since(let since): range = range.clamped(to: moment(since)..<Int64.max)
            case .until(let until): range = range.clamped(to: Int64.min..<moment(until))
            case .between(let since, let until): range = range.clamped(to: moment(since)..<moment(until))
            default: break
            }
        }
        return range
    }

    private func name(_ field: FieldName, _ table: NaiveTable) -> String {
        table.column(field.name, isAttribute: field.isAttribute)
    }

    private func apply(_ pipe: PipeSyntax.Kind, to table: inout NaiveTable, _ range: Range<Int64>) {
        let before = table
        func names(_ fields: [FieldName]) -> [String] {
            var seen: Set<String> = []
            return fields.map { name($0, before) }.filter { seen.insert($0).inserted }
        }
        switch pipe {
        case .limit(let count): table.rows = Array(table.rows.prefix(count))
        case .tail(let count): table.rows = Array(table.rows.suffix(count))
        case .where(let filter): table.rows = table.rows.filter { NaiveFilter(table: before, row: $0).matches(filter) }
        case .sort(let keys): sort(&table, keys.map { (name($0.field, before), $0.isDescending) })
        case .fields(let fields):
            table.keep(names(fields))
        case .drop(let fields):
            for column in names(fields) { table.remove(column) }
        case .rename(let old, let new): table.rename(name(old, before), as: new.name)
        case .stats(let aggregates, let groups): stats(&table, aggregates, groups, range)
        case .timechart(let step, let aggregates, let fields):
            stats(
                &table, aggregates, [.bin(step, .none)] + fields.map { .field($0) }, range, fills: true)
        case .top(let count, let fields): rank(&table, fields, "count", isDescending: true, count)
        case .rare(let count, let fields): rank(&table, fields, "count", isDescending: false, count)
        case .uniq(let fields, let withHits): rank(&table, fields, withHits ? "hits" : nil, isDescending: nil, nil)
        case .fieldValues(let field):
            rank(&table, [field], "count", isDescending: true, nil)
            let column = table.columns[0]
            table.rows = table.rows.map { row in
                NaiveRow(columns: ["value": row.columns[column]!, "count": row.columns[table.columns[1]]!])
            }
            table.levels = table.levels.contains(column) ? ["value"] : []
            table.columns = ["value", "count"]
        case .dedup(let fields): dedup(&table, names(fields))
        case .extract(let template, let from):
            extract(&table, template.text, from.map { name($0, before) } ?? "message")
        case .context(let before, let after, let within): context(&table, before, after, within?.microseconds)
        case .patterns(let count): patterns(&table, count)
        case .fieldNames: fieldNames(&table)
        case .extractRegex, .explain: break
        }
    }

    /// - Parameter isByText: Rows that are equal stand in the order of their texts, not in that in which they came.
    private func sort(
        _ table: inout NaiveTable, _ keys: [(column: String, isDescending: Bool)], isByText: Bool = false
    ) {
        let before = table
        table.rows = table.rows.enumerated().sorted { left, right in
            for key in keys {
                let order = NaiveValue.compare(
                    before.value(key.column, left.element), before.value(key.column, right.element),
                    isLevel: before.levels.contains(key.column), isDescending: key.isDescending)
                if order != 0 { return order < 0 }
            }
            for key in keys where isByText {
                let (left, right) = (
                    Array((before.value(key.column, left.element).text ?? "").utf8),
                    Array((before.value(key.column, right.element).text ?? "").utf8)
                )
                if left != right { return left.lexicographicallyPrecedes(right) }
            }
            return left.offset < right.offset
        }.map(\.element)
    }

    // MARK: Groups

    private func stats(
        _ table: inout NaiveTable, _ aggregates: [AggregateSyntax], _ groups: [GroupSyntax], _ range: Range<Int64>,
        fills: Bool = false
    ) {
        let before = table
        var columns: [String] = []
        var step: Int64?
        for group in groups {
            switch group {
            case .field(let field): columns.append(name(field, before))
            case .bin(let duration, _):
                step = duration.microseconds
                columns.append("time")
            }
        }
        let bin = groups.firstIndex { if case .bin = $0 { true } else { false } }
        var byKey: [[NaiveValue]: [NaiveRow]] = [:]
        for row in table.rows {
            var key = columns.map { before.value($0, row) }
            if let bin, let step, case .time(let time) = key[bin] { key[bin] = .time(start(time, step)) }
            byKey[key, default: []].append(row)
        }
        let closed = closed(range, before.rows)
        if columns.isEmpty { byKey[[], default: []] += [] }
        if fills, let step, !closed.isEmpty, closed.lowerBound != .min {
            var others = Set(byKey.keys.map { Array($0.dropFirst()) })
            if columns.count == 1 { others = [[]] }
            var start = start(closed.lowerBound, step)
            while start < closed.upperBound {
                for other in others { byKey[[.time(start)] + other, default: []] += [] }
                start += step
            }
        }
        let width =
            step ?? (closed.lowerBound == .min || closed.upperBound == .max ? 0 : closed.upperBound - closed.lowerBound)
        let told = NaiveAggregates(table: before, seconds: Double(width) / 1e6)
        let names = aggregates.map { $0.name?.name ?? "" }
        table.rows = byKey.map { key, rows in
            var row = NaiveRow()
            for (column, value) in zip(columns, key) { row.columns[column] = value }
            for (name, aggregate) in zip(names, aggregates) { row.columns[name] = told.result(aggregate, rows) }
            return row
        }
        var levels = before.levels.intersection(columns)
        for (name, aggregate) in zip(names, aggregates) {
            guard [.min, .max, .first, .last].contains(aggregate.function) else { continue }
            if before.levels.contains(self.name(aggregate.fields[0], before)) { levels.insert(name) }
        }
        table.become(columns + names, levels: levels)
        sort(&table, columns.map { ($0, false) }, isByText: true)
    }

    private func start(_ time: Int64, _ step: Int64) -> Int64 {
        let remainder = time % step
        return time - (remainder < 0 ? remainder + step : remainder)
    }

    /// Open sides end at the first and the last row.
    private func closed(_ range: Range<Int64>, _ rows: [NaiveRow]) -> Range<Int64> {
        let times = rows.compactMap { $0.entry?.entry.time.microseconds }
        var (since, until) = (range.lowerBound, range.upperBound)
        if since == .min {
            guard let first = times.min() else { return range }
            since = first
        }
        if until == .max {
            let last = times.max().map { $0 + 1 }
            if range.lowerBound == .min {
                guard let last else { return range }
                until = last
            } else {
                until = max(last ?? now, now)
            }
        }
        return since..<max(since, until)
    }

    private func rank(
        _ table: inout NaiveTable, _ fields: [FieldName], _ counted: String?, isDescending: Bool?, _ limit: Int?
    ) {
        let before = table
        let columns = fields.map { name($0, before) }
        var counts: [[NaiveValue]: Int] = [:]
        for row in table.rows {
            let key = columns.map { before.value($0, row) }
            if key.contains(where: { $0 != .missing }) { counts[key, default: 0] += 1 }
        }
        var counter = counted
        while let known = counter, columns.contains(known) { counter = known + "_" }
        table.rows = counts.map { key, count in
            var row = NaiveRow()
            for (column, value) in zip(columns, key) { row.columns[column] = value }
            if let counter { row.columns[counter] = .number(Double(count)) }
            return row
        }
        table.become(columns + (counter.map { [$0] } ?? []), levels: before.levels.intersection(columns))
        sort(&table, columns.map { ($0, false) }, isByText: true)
        if let isDescending, let counter { sort(&table, [(counter, isDescending)]) }
        if let limit { table.rows = Array(table.rows.prefix(limit)) }
    }

    private func dedup(_ table: inout NaiveTable, _ columns: [String]) {
        let before = table
        var kept: [[NaiveValue]: Int] = [:]
        for (index, row) in table.rows.enumerated() {
            let key = columns.map { before.value($0, row) }
            guard let known = kept[key] else {
                kept[key] = index
                continue
            }
            if let place = row.entry?.place, place > before.rows[known].entry?.place ?? 0 { kept[key] = index }
        }
        table.rows = kept.values.sorted().map { before.rows[$0] }
    }

    // MARK: Entries

    /// The generator's templates: `a <x> b <y>`.
    private func extract(_ table: inout NaiveTable, _ template: String, _ source: String) {
        let before = table
        for index in table.rows.indices { table.rows[index] = extracted(before.rows[index], before, template, source) }
        for name in NaiveEvaluator.names(template) { table.add(name) }
        table.extracts.append((template, source))
    }

    private static func names(_ template: String) -> [String] {
        template.matches(of: /<([a-z]+)>/).map { String($0.1) }
    }

    private func extracted(_ row: NaiveRow, _ table: NaiveTable, _ template: String, _ source: String) -> NaiveRow {
        let pattern = try? Regex(
            template.replacing(/\ ?<[a-z]+>$/) { _ in " (\\S*)" }.replacing(/<[a-z]+>/) { _ in "(.*?)" })
        let text = table.value(source, row).text ?? ""
        let found = pattern.flatMap { try? $0.firstMatch(in: text) }
        var row = row
        for (place, name) in NaiveEvaluator.names(template).enumerated() {
            row.columns[name] = (found?[place + 1].substring).map { .text(String($0)) } ?? .missing
        }
        return row
    }

    private func context(_ table: inout NaiveTable, _ before: Int, _ after: Int, _ within: Int64?) {
        let matched = Dictionary(uniqueKeysWithValues: table.rows.map { ($0.entry!.place, $0) })
        var wanted: Set<Int> = Set(matched.keys)
        let streams = Dictionary(grouping: entries) { [$0.entry.device, $0.entry.session] }
        for row in table.rows {
            let entry = row.entry!.entry
            let stream = streams[[entry.device, entry.session]]!
            let place = stream.firstIndex { $0 === row.entry! }!
            for neighbour in stream[max(0, place - before)...min(stream.count - 1, place + after)] {
                let distance = abs(neighbour.entry.time.microseconds - entry.time.microseconds)
                if within.map({ distance <= $0 }) ?? true { wanted.insert(neighbour.place) }
            }
        }
        let places = isOldestFirst ? wanted.sorted() : wanted.sorted(by: >)
        table.rows = places.map { place in
            var row = NaiveRow(entry: entries[place])
            for extract in table.extracts {
                row = extracted(row, NaiveTable(rows: []), extract.template, extract.source)
            }
            row = matched[place] ?? row
            row.columns["match"] = .boolean(matched[place] != nil)
            return row
        }
        table.add("match")
    }

    private func patterns(_ table: inout NaiveTable, _ limit: Int?) {
        let before = table
        var groups: [String: [(time: Int64, text: String)]] = [:]
        for row in table.rows {
            guard let text = before.value("message", row).text else { continue }
            var time: Int64 = 0
            if case .time(let known) = before.value("time", row) { time = known }
            groups[text.replacing(/[0-9]+/) { _ in "<num>" }, default: []].append((time, text))
        }
        let hasTime = table.isOpen ? !table.hidden.contains("time") : table.columns.contains("time")
        func time(_ time: Int64) -> NaiveValue { hasTime ? .time(time) : .missing }
        table.rows = groups.map { pattern, found in
            let last = found.map(\.time).max()!
            let example = found.filter { $0.time == last }.map(\.text).min {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }!
            return NaiveRow(columns: [
                "pattern": .text(pattern), "count": .number(Double(found.count)),
                "first_seen": time(found.map(\.time).min()!), "last_seen": time(last), "example": .text(example),
            ])
        }
        table.become(["pattern", "count", "first_seen", "last_seen", "example"], levels: [])
        sort(&table, [("pattern", false)])
        sort(&table, [("count", true)])
        if let limit { table.rows = Array(table.rows.prefix(limit)) }
    }

    private func fieldNames(_ table: inout NaiveTable) {
        let before = table
        var counts: [String: Int] = [:]
        for row in table.rows {
            var names = before.columns
            if before.isOpen {
                names += NaiveTable.own.filter { !before.hidden.contains($0) }
                names += row.entry!.entry.context.map { NaiveEvaluator.shown($0.key) }.filter {
                    !before.hidden.contains($0) && !before.columns.contains($0)
                }
            }
            for name in names where before.value(name, row) != .missing { counts[name, default: 0] += 1 }
        }
        table.rows = counts.map {
            NaiveRow(columns: ["name": .text($0.key), "count": .number(Double($0.value))])
        }
        table.become(["name", "count"], levels: [])
        table.rows.sort { left, right in
            let (a, b) = (left.columns["count"]!.number!, right.columns["count"]!.number!)
            return a == b ? left.columns["name"]!.text! < right.columns["name"]!.text! : a > b
        }
    }

    /// What the column of an attribute is called.
    static func shown(_ key: String) -> String {
        NaiveTable.own.contains(key) || NaiveTable.aliases[key] != nil ? "@" + key : key
    }
}

extension NaiveTable {
    mutating func keep(_ names: [String]) {
        for name in names where !columns.contains(name) { fields[name] = name }
        columns = names
        isOpen = false
        hidden = []
    }

    mutating func remove(_ name: String) {
        if columns.contains(name) { columns.removeAll { $0 == name } } else { hidden.insert(name) }
    }

    mutating func rename(_ old: String, as new: String) {
        if old == new { return }
        if levels.contains(old) { levels.insert(new) }
        if columns.contains(old) {
            columns = columns.map { $0 == old ? new : $0 }
            for index in rows.indices {
                if let value = rows[index].columns.removeValue(forKey: old) { rows[index].columns[new] = value }
            }
            if let field = fields.removeValue(forKey: old) { fields[new] = field }
        } else {
            hidden.insert(old)
            columns.append(new)
            fields[new] = old
        }
        if isOpen { hidden.insert(new) }
    }

    mutating func add(_ name: String) {
        if !columns.contains(name) { columns.append(name) }
        fields[name] = nil
        if isOpen { hidden.insert(name) }
    }

    mutating func become(_ names: [String], levels: Set<String>) {
        self = NaiveTable(rows: rows, isOpen: false, columns: names, levels: levels)
    }
}
