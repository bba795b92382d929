/// A length of time as it is written: `90s`, `1h30m`, `1.5d`.
public struct QueryDuration: Hashable, Sendable {
    public enum Unit: String, Hashable, Sendable, CaseIterable {
        case nanoseconds = "ns"
        case microseconds = "us"
        case milliseconds = "ms"
        case seconds = "s"
        case minutes = "m"
        case hours = "h"
        case days = "d"
        case weeks = "w"

        var nanoseconds: Int64 {
            switch self {
            case .nanoseconds: 1
            case .microseconds: 1_000
            case .milliseconds: 1_000_000
            case .seconds: 1_000_000_000
            case .minutes: 60_000_000_000
            case .hours: 3_600_000_000_000
            case .days: 86_400_000_000_000
            case .weeks: 604_800_000_000_000
            }
        }

        /// `µs` is accepted with either of the two characters that look like it.
        init?(text: Substring) {
            if text == "µs" || text == "μs" {
                self = .microseconds
            } else {
                self.init(rawValue: String(text))
            }
        }
    }

    public struct Part: Hashable, Sendable {
        /// Digits, with a point and more digits where there is a fraction.
        public var number: String
        public var unit: Unit

        public init(_ number: String, _ unit: Unit) {
            self.number = number
            self.unit = unit
        }
    }

    public let parts: [Part]
    /// The whole length; what is left below a microsecond is cut.
    public let microseconds: Int64

    /// Nil where there is no part, a number is none, or the length does not fit (about 290,000 years).
    public init?(_ parts: [Part]) {
        guard !parts.isEmpty else { return nil }
        var nanoseconds: Int128 = 0
        for part in parts {
            guard let length = QueryDuration.nanoseconds(part) else { return nil }
            nanoseconds += length
        }
        guard let microseconds = Int64(exactly: nanoseconds / 1_000) else { return nil }
        self.parts = parts
        self.microseconds = microseconds
    }

    /// Nil where the number is none or has more than 18 digits on a side.
    private static func nanoseconds(_ part: Part) -> Int128? {
        let sides = part.number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(sides.count), sides.allSatisfy({ (1...18).contains($0.utf8.count) }) else { return nil }
        guard sides.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }) else { return nil }
        guard let whole = Int128(sides[0]) else { return nil }
        var total = whole * Int128(part.unit.nanoseconds)
        if sides.count == 2, let fraction = Int128(sides[1]) {
            var divisor: Int128 = 1
            for _ in sides[1].utf8 { divisor *= 10 }
            total += fraction * Int128(part.unit.nanoseconds) / divisor
        }
        return total
    }

    /// Reads the whole of `text`. Nil where it is no duration.
    public init?(text: some StringProtocol) {
        guard let parts = QueryDuration.parts(of: text) else { return nil }
        self.init(parts)
    }

    /// Whether `text` is written as a duration is, and longer than one can be.
    static func isTooLong(_ text: some StringProtocol) -> Bool {
        guard let parts = parts(of: text), !parts.isEmpty else { return false }
        let numbers = parts.map { $0.number.split(separator: ".", omittingEmptySubsequences: false) }
        let areNumbers = numbers.allSatisfy { sides in sides.count <= 2 && sides.allSatisfy { !$0.isEmpty } }
        return areNumbers && QueryDuration(parts) == nil
    }

    /// Numbers and units in turn; nil where something else stands among them.
    private static func parts(of text: some StringProtocol) -> [Part]? {
        var rest = Substring(text)
        var parts: [Part] = []
        while !rest.isEmpty {
            let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard !number.isEmpty, let unit = Unit(text: unit) else { return nil }
            parts.append(Part(String(number), unit))
        }
        return parts
    }

    /// As it is written in a query.
    public var text: String { parts.map { $0.number + $0.unit.rawValue }.joined() }
}
