import LogDB
import LogModel

/// Reads one column of a batch. Where it lies is found once, not once a row.
final class ColumnReader {
    private enum Source {
        /// Numbers of strings.
        case identifier([UInt32])
        case level
        case time([Int64])
        case message
        case id
        /// The number of the key; nil: no row has the attribute.
        case attribute(UInt32?)
        case computed(ComputedColumn)
        case none
    }

    private let source: Source
    private let rows: Rows

    init(_ batch: RowBatch, _ reference: ColumnReference) {
        rows = batch.entries ?? Rows()
        switch reference {
        case .computed(let column): source = .computed(batch.computed[column])
        case .field(let field): source = batch.entries == nil ? .none : ColumnReader.source(of: field, rows)
        }
    }

    private static func source(of field: Field, _ rows: Rows) -> Source {
        switch field {
        case .time: return .time(rows.batch.times)
        case .received: return .time(rows.received)
        case .level: return .level
        case .device: return .identifier(rows.batch.devices)
        case .session: return .identifier(rows.batch.sessions)
        case .module: return .identifier(rows.batch.modules)
        case .logger: return .identifier(rows.batch.loggers)
        case .process: return .identifier(rows.batch.processes)
        case .thread: return .identifier(rows.batch.threads)
        case .message: return .message
        case .id: return .id
        case .context(let key):
            var key = key
            return .attribute(key.withUTF8 { rows.batch.strings.find(UnsafeRawBufferPointer($0)) })
        }
    }

    /// Calls `body` with the value as filters see it. Nil where the row has none.
    @inline(__always)
    func withBytes<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        switch source {
        case .identifier(let column):
            return rows.batch.strings.withBytes(Int(column[index])) { $0.isEmpty ? nil : body($0) }
        case .message: return rows.batch.messages.withBytes(index, body)
        case .attribute(let key):
            return position(of: key, index).map { rows.batch.contextValues.withBytes($0, body) }
        case .computed(let column): return column.withBytes(index, body)
        case .level, .time, .id, .none:
            return value(index).bytes?.withUnsafeBytes(body)
        }
    }

    func bytes(_ index: Int) -> [UInt8]? { withBytes(index) { Array($0) } }

    private func position(of key: UInt32?, _ index: Int) -> Int? {
        guard let key else { return nil }
        return rows.batch.contextRange(index).first { rows.batch.contextKeys[$0] == key }
    }

    func value(_ index: Int) -> Value {
        switch source {
        case .identifier, .message, .attribute:
            return withBytes(index) { .text(Array($0)) } ?? .missing
        case .level: return Value((Level(rawValue: rows.batch.levels[index]) ?? .info).name)
        case .time(let times): return .time(Timestamp(microseconds: times[index]))
        case .id: return Value(rows.keys[index].id)
        case .computed(let column): return column[index]
        case .none: return .missing
        }
    }

    /// The value's place in an order.
    func sortValue(_ index: Int, kind: ColumnKind) -> SortValue {
        switch source {
        case .level: return .integer(Int64(rows.batch.levels[index]))
        case .time(let times): return .integer(times[index])
        default:
            if hasTexts, let integer = withBytes(index, { Number.integer($0) }) ?? nil { return .integer(integer) }
            let value = value(index)
            if kind == .level, case .text(let bytes) = value,
                let level = bytes.withUnsafeBytes({ Level(name: $0) })
            {
                return .integer(Int64(level.rawValue))
            }
            return SortValue(value)
        }
    }

    /// Negative, zero or positive as the row's value comes before, with or after another.
    func compare(_ index: Int, _ other: SortValue, kind: ColumnKind, isDescending: Bool) -> Int {
        if hasTexts, kind == .plain {
            let order = withBytes(index) { text -> Int? in
                if SortValue.mayBeNumber(text) { return nil }
                return SortValue.compare(text, other, isDescending: isDescending)
            }
            if let order = order ?? nil { return order }
        }
        return SortValue.compare(sortValue(index, kind: kind), other, isDescending: isDescending)
    }

    /// The row's value, where it is a number.
    func number(_ index: Int) -> Number? {
        if hasTexts { return withBytes(index) { Number(text: $0) } ?? nil }
        if case .computed(let column) = source { return Number(column[index]) }
        return nil
    }

    func hasValue(_ index: Int) -> Bool {
        if case .computed(let column) = source { return column.hasValue(index) }
        return withBytes(index) { _ in true } ?? false
    }

    /// Whether the values are text that lies there, so that looking at one makes no value of it.
    var hasTexts: Bool {
        switch source {
        case .identifier, .message, .attribute: true
        case .computed(let column): column.isText
        case .level, .time, .id, .none: false
        }
    }

    /// The numbers of the strings of an identifier, of which many rows share one; nil for other columns.
    var identifiers: [UInt32]? {
        if case .identifier(let column) = source { column } else { nil }
    }

    /// The levels, where the column is the entries' own.
    var levels: [UInt8]? {
        if case .level = source { rows.batch.levels } else { nil }
    }

    /// The times, where the column is one of the entries' own.
    var times: [Int64]? {
        if case .time(let times) = source { times } else { nil }
    }

    /// What `identifiers` are numbers of.
    var strings: StringTable { rows.batch.strings }
}
