import Foundation
import LogModel

/// A value as the naive evaluator has it, and its order. Nothing here is shared with what it checks.
enum NaiveValue: Hashable {
    case missing
    case text(String)
    case number(Double)
    case time(Int64)
    case boolean(Bool)
    /// A number that may be off by 1 %.
    case about(Double)

    var text: String? {
        switch self {
        case .missing: nil
        case .text(let text): text
        case .number(let number), .about(let number): NaiveValue.shown(number)
        case .time(let time): Timestamp(microseconds: time).description
        case .boolean(let boolean): boolean ? "true" : "false"
        }
    }

    /// The value as a number, where it is one or its text is.
    var number: Double? {
        switch self {
        case .number(let number), .about(let number): number
        case .text(let text): NaiveValue.number(text)
        case .missing, .time, .boolean: nil
        }
    }

    static func number(_ text: String) -> Double? {
        guard text.wholeMatch(of: /[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)(e[+-]?[0-9]+)?/.ignoresCase()) != nil else {
            return nil
        }
        return Double(text)
    }

    static func shown(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    }

    /// Negative, zero or positive: numbers before text, what is missing last either way.
    static func compare(_ left: NaiveValue, _ right: NaiveValue, isLevel: Bool, isDescending: Bool = false) -> Int {
        if left == .missing || right == .missing { return (left == .missing ? 1 : 0) - (right == .missing ? 1 : 0) }
        let order = compare(key(left, isLevel), key(right, isLevel))
        return isDescending ? -order : order
    }

    private static func key(_ value: NaiveValue, _ isLevel: Bool) -> (Double?, String) {
        if isLevel, case .text(let text) = value, let rank = levels.firstIndex(of: text) { return (Double(rank), "") }
        if case .time(let time) = value { return (Double(time), "") }
        return (value.number, value.text ?? "")
    }

    private static func compare(_ left: (Double?, String), _ right: (Double?, String)) -> Int {
        switch (left.0, right.0) {
        case (let left?, let right?): return left < right ? -1 : left > right ? 1 : 0
        case (_?, nil): return -1
        case (nil, _?): return 1
        case (nil, nil):
            let (left, right) = (Array(left.1.utf8), Array(right.1.utf8))
            return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
        }
    }

    static let levels = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
}

/// One entry as it is stored.
final class NaiveEntry {
    let entry: Entry
    let id: String
    let received: Int64
    let status: String?
    /// Its place in the total order, from the oldest.
    let place: Int

    init(_ entry: Entry, id: String, received: Int64, status: String?, place: Int) {
        self.entry = entry
        self.id = id
        self.received = received
        self.status = status
        self.place = place
    }

    func value(_ name: String) -> NaiveValue {
        func identifier(_ text: String) -> NaiveValue { text.isEmpty ? .missing : .text(text) }
        switch name {
        case "time": return .time(entry.time.microseconds)
        case "received": return .time(received)
        case "level": return .text(entry.level.name)
        case "device": return identifier(entry.device)
        case "session": return identifier(entry.session)
        case "module": return identifier(entry.module)
        case "logger": return identifier(entry.logger)
        case "process": return identifier(entry.process)
        case "thread": return identifier(entry.thread)
        case "message": return .text(entry.message)
        case "id": return .text(id)
        case "session_status": return status.map { .text($0) } ?? .missing
        case "environment", "device_type": return .missing
        default:
            let key = name.hasPrefix("@") ? String(name.dropFirst()) : name
            return entry.context.first { $0.key == key }.map { .text($0.value) } ?? .missing
        }
    }
}

/// A row between two pipes.
struct NaiveRow {
    var entry: NaiveEntry?
    var columns: [String: NaiveValue] = [:]
}

/// Rows and what is known of their columns.
struct NaiveTable {
    var rows: [NaiveRow]
    /// Whether all fields of the entries are there.
    var isOpen = true
    /// Fields of open entries that are not there any more.
    var hidden: Set<String> = []
    /// The columns in order; of open entries those that pipes added.
    var columns: [String] = []
    /// What a column of entries is called in them, where it is one of theirs.
    var fields: [String: String] = [:]
    var levels: Set<String> = ["level"]
    /// The templates that were extracted, and from which columns.
    var extracts: [(template: String, source: String)] = []

    static let own = [
        "id", "time", "received", "device", "session", "level", "module", "logger", "process", "thread", "message",
    ]
    static let aliases = [
        "session_id": "session", "module_name": "module", "logger_name": "logger", "process_id": "process",
        "thread_id": "thread", "timestamp": "time", "dsn": "device",
    ]

    /// The column that a name stands for.
    func column(_ name: String, isAttribute: Bool) -> String {
        if isAttribute { return "@" + name }
        if columns.contains(name) { return name }
        return NaiveTable.aliases[name] ?? name
    }

    func value(_ column: String, _ row: NaiveRow) -> NaiveValue {
        if let field = fields[column] { return row.entry?.value(field) ?? .missing }
        if let value = row.columns[column] { return value }
        if columns.contains(column) { return .missing }
        return isOpen && !hidden.contains(column) ? row.entry?.value(column) ?? .missing : .missing
    }

    /// The names of the columns in the answer; nil where whole entries are.
    var shown: [String]? {
        if !isOpen { return columns }
        if hidden.isEmpty && columns.isEmpty { return nil }
        return NaiveTable.own.filter { !hidden.contains($0) } + ["context"] + columns
    }
}
