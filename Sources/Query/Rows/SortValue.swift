import LogModel

/// A value as sorting sees it: numbers before text, what is missing last. One total order.
enum SortValue: Hashable, Sendable {
    case integer(Int64)
    case decimal(Double)
    case text([UInt8])
    case missing

    /// Text that is a decimal number counts as the number.
    init(text bytes: [UInt8]) {
        guard bytes.withUnsafeBytes(SortValue.mayBeNumber) else {
            self = .text(bytes)
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if let integer = Int64(text) {
            self = .integer(integer)
        } else if bytes.allSatisfy(SortValue.isDecimalByte), let decimal = Double(text), decimal.isFinite {
            self = .decimal(decimal)
        } else {
            self = .text(bytes)
        }
    }

    /// Whether a text that begins so may be a number: one that may not costs nothing more to find out.
    static func mayBeNumber(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first else { return false }
        return first <= 0x39 && text.count <= 32
    }

    /// `Double.init` also reads hexadecimal and names such as `infinity`, which are text here.
    private static func isDecimalByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "e"),
            UInt8(ascii: "E"):
            true
        default: false
        }
    }

    init(_ value: Value) {
        switch value {
        case .missing: self = .missing
        case .text(let bytes): self.init(text: bytes)
        case .integer(let integer): self = .integer(integer)
        case .decimal(let decimal): self = decimal.isNaN ? .missing : .decimal(decimal)
        case .time(let time): self = .integer(time.microseconds)
        case .boolean: self = value.bytes.map { .text($0) } ?? .missing
        case .attributes: self = .missing
        }
    }

    private var rank: Int {
        switch self {
        case .integer, .decimal: 0
        case .text: 1
        case .missing: 2
        }
    }

    /// Negative, zero or positive as the left one comes before, with or after the right one. What is missing comes
    /// last in either direction.
    static func compare(_ left: SortValue, _ right: SortValue, isDescending: Bool) -> Int {
        if left == .missing || right == .missing { return left.rank - right.rank }
        let order = compare(left, right)
        return isDescending ? -order : order
    }

    /// The same of a text that is no number, without a copy of it.
    static func compare(_ text: UnsafeRawBufferPointer, _ right: SortValue, isDescending: Bool) -> Int {
        switch right {
        case .missing: return -1
        case .integer, .decimal: return isDescending ? -1 : 1
        case .text(let bytes):
            let order = bytes.withUnsafeBytes { ByteOrder.compare(text, $0) }
            return isDescending ? -order : order
        }
    }

    private static func compare(_ left: SortValue, _ right: SortValue) -> Int {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): return left < right ? -1 : left > right ? 1 : 0
        case (.decimal(let left), .decimal(let right)): return left < right ? -1 : left > right ? 1 : 0
        case (.integer(let left), .decimal(let right)): return compare(left, right)
        case (.decimal(let left), .integer(let right)): return -compare(right, left)
        case (.text(let left), .text(let right)): return left.compared(to: right)
        default: return left.rank - right.rank
        }
    }

    /// Exact, because converting a large integer to `Double` would make unequal numbers equal, and the order no order.
    private static func compare(_ left: Int64, _ right: Double) -> Int {
        if right >= 0x1p63 { return -1 }
        if right < -0x1p63 { return 1 }
        let whole = right.rounded(.down)
        let integer = Int64(whole)
        if left != integer { return left < integer ? -1 : 1 }
        return right > whole ? -1 : 0
    }
}
