/// A value as aggregates calculate with it.
enum Number: Hashable, Sendable {
    case integer(Int64)
    case decimal(Double)

    /// Nil where the value is no number. Times are none.
    init?(_ value: Value) {
        switch value {
        case .integer(let integer): self = .integer(integer)
        case .decimal(let decimal):
            guard decimal.isFinite else { return nil }
            self = .decimal(decimal)
        case .text(let bytes):
            guard let number = bytes.withUnsafeBytes({ Number(text: $0) }) else { return nil }
            self = number
        case .missing, .time, .boolean, .attributes: return nil
        }
    }

    /// A decimal number that is the whole text.
    init?(text: UnsafeRawBufferPointer) {
        if let integer = Number.integer(text) {
            self = .integer(integer)
            return
        }
        guard SortValue.mayBeNumber(text) else { return nil }
        switch SortValue(text: Array(text)) {
        case .integer(let integer): self = .integer(integer)
        case .decimal(let decimal): self = .decimal(decimal)
        case .text, .missing: return nil
        }
    }

    /// Short integers, without making a string of them.
    static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard let first = text.first, text.count <= 18 else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        guard !isNegative || text.count > 1 else { return nil }
        var value: Int64 = 0
        for index in (isNegative ? 1 : 0)..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return isNegative ? -value : value
    }

    var double: Double {
        switch self {
        case .integer(let integer): Double(integer)
        case .decimal(let decimal): decimal
        }
    }

    var value: Value {
        switch self {
        case .integer(let integer): .integer(integer)
        case .decimal(let decimal): .decimal(decimal)
        }
    }

    private var sortValue: SortValue {
        switch self {
        case .integer(let integer): .integer(integer)
        case .decimal(let decimal): .decimal(decimal)
        }
    }

    static func < (left: Number, right: Number) -> Bool {
        SortValue.compare(left.sortValue, right.sortValue, isDescending: false) < 0
    }
}
