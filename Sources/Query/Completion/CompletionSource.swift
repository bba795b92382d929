import LogDB
import LogModel

/// Finds what may stand at a place: from the language, the columns of the pipes before, and the entries.
struct CompletionSource {
    private let place: CompletionPlace
    private let context: QueryContext
    private let store: LogStore
    private let schema: Schema

    /// How many values are asked for.
    private static let valueCountMax = 200
    private static let times = ["1h", "15m", "6h", "1d", "7d", "30d", "today", "yesterday", "now", "now/d"]

    init(_ place: CompletionPlace, context: QueryContext, store: LogStore) {
        self.place = place
        self.context = context
        self.store = store
        let query = try? LogQuery(place.before, context: context)
        schema = query?.plan.pipeline.schema ?? .entries
    }

    func items() async throws -> [QueryCompletion.Item] {
        switch place.kind {
        case .nothing: return []
        case .pipe: return matching(Parser.pipeNames, .pipe)
        case .function:
            return matching(AggregateFunction.allCases.map { $0.rawValue + "(" }, .function)
                + matching(["by", "as", "if"], .keyword)
        case .direction: return matching(["desc", "asc"], .keyword)
        case .field: return try await fields(suffix: "")
        case .group: return try await fields(suffix: "") + matching(["bin("], .function)
        case .time(let name): return times(name)
        case .value(let field, let isAttribute): return try await values(FieldName(field, isAttribute: isAttribute))
        case .clause(let isFirst):
            var items = try await fields(suffix: ":")
            items += matching(FieldName.timeNames.sorted().map { $0 + ":" }, .time)
            items += matching(["has:", "missing:"], .operator)
            items += matching(isFirst ? ["NOT"] : ["AND", "OR", "NOT"], .operator)
            return items
        }
    }

    private func matching(_ texts: [String], _ kind: QueryCompletion.Kind) -> [QueryCompletion.Item] {
        texts.filter { fits($0) }.map { QueryCompletion.Item($0, kind) }
    }

    private func fits(_ text: String) -> Bool {
        text.lowercased().hasPrefix(place.written.lowercased()) && text != place.written
    }

    private func times(_ name: String) -> [QueryCompletion.Item] {
        switch name {
        case "tz": matching(["UTC"] + QueryZone.names.sorted(), .time)
        case "on": matching(["today", "yesterday"], .time)
        case "step": matching(["1m", "5m", "15m", "1h", "1d"], .time)
        case "between": matching(["2h..1h", "1d..now", "yesterday..today"], .time)
        default: matching(CompletionSource.times, .time)
        }
    }

    // MARK: Fields

    private func fields(suffix: String) async throws -> [QueryCompletion.Item] {
        var names = schema.names
        if schema.isOpen {
            names += FieldCatalog.joined.sorted()
            let known = Set(names)
            names += try await attributes().filter { !known.contains($0) }
        }
        return names.filter { fits($0) }.map { name in
            let field = FieldName(reading: name)
            return QueryCompletion.Item(Printer.field(field) + suffix, .field)
        }
    }

    /// The attributes of the newest entries: those of the default range may be too many to count.
    private func attributes() async throws -> [String] {
        let filters = context.additionalFilters
        let request = ScanRequest(
            filter: filters.isEmpty ? .everything : .all(filters), limit: 1_000,
            memoryByteCountMax: context.memoryByteCountMax, deadline: context.deadline)
        var keys: Set<String> = []
        for try await rows in store.scan(request) {
            for key in Set(rows.batch.contextKeys) { keys.insert(rows.batch.strings.text(Int(key))) }
        }
        return keys.map { Field.context($0).columnName }.sorted()
    }

    // MARK: Values

    private func values(_ name: FieldName) async throws -> [QueryCompletion.Item] {
        guard case .column(let column) = schema.lookup(name) else {
            if case .joined(.sessionStatus) = schema.lookup(name) {
                return matching(["active", "completed", "failed", "aborted"], .value)
            }
            return []
        }
        if column.kind == .level { return matching(Level.allCases.reversed().map(\.name), .value) }
        if column.kind == .time { return matching(CompletionSource.times, .time) }
        guard case .field(let field) = column.reference, field != .message, field != .id else { return [] }
        var context = context
        context.rowLimit = CompletionSource.valueCountMax
        context.cursor = nil
        let text = "| fieldvalues \(Printer.field(FieldName(reading: field.columnName)))"
        guard case .table(let table) = try await LogQuery(text, context: context).run(on: store) else { return [] }
        return try await table.rows().compactMap { row -> QueryCompletion.Item? in
            guard let bytes = row[0].bytes, case .integer(let count) = row[1] else { return nil }
            let value = String(decoding: bytes, as: UTF8.self)
            guard fits(value) else { return nil }
            return QueryCompletion.Item(Printer.value(value), .value, count: count)
        }
    }
}
