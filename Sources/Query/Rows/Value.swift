public import LogModel

/// A cell of a table.
public enum Value: Hashable, Sendable {
    case missing
    /// UTF-8 as far as the entries' text is.
    case text([UInt8])
    case integer(Int64)
    case decimal(Double)
    case time(Timestamp)
    case boolean(Bool)
    /// The context of an entry.
    case attributes([Attribute])

    /// An attribute of the context: a key and its text.
    public struct Attribute: Hashable, Sendable {
        public var key: [UInt8]
        public var value: [UInt8]

        public init(key: [UInt8], value: [UInt8]) {
            self.key = key
            self.value = value
        }
    }

    init(_ text: String) { self = .text(Array(text.utf8)) }

    /// The value as filters see it; nil where it is missing.
    var bytes: [UInt8]? {
        switch self {
        case .missing, .attributes: nil
        case .text(let bytes): bytes
        case .integer(let integer): Array(String(integer).utf8)
        case .decimal(let decimal): Array(Value.text(decimal).utf8)
        case .time(let time): Array(time.description.utf8)
        case .boolean(let boolean): Array((boolean ? "true" : "false").utf8)
        }
    }

    /// A whole number is written as one, however it came about, so that it equals what a person writes.
    private static func text(_ decimal: Double) -> String {
        if let whole = Int64(exactly: decimal), whole.magnitude < 1 << 53 { return String(whole) }
        return "\(decimal)"
    }

    /// What the value costs in memory, about, in bytes.
    var byteCount: Int {
        switch self {
        case .text(let bytes): 48 + bytes.count
        case .attributes(let attributes): attributes.reduce(48) { $0 + 96 + $1.key.count + $1.value.count }
        case .missing, .integer, .decimal, .time, .boolean: 16
        }
    }
}
