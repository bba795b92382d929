/// A stretch of time as people write it: `30d`, `12h`, `1w2d`, `0s`.
public struct Age: Sendable, CustomStringConvertible {
    public let duration: Duration

    public init(_ duration: Duration) { self.duration = duration }

    /// Nil for what is none.
    public init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        var rest = argument[...]
        var seconds: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits), let unit = rest.dropFirst(digits.count).first, let factor = units[unit]
            else { return nil }
            let (part, overflow) = number.multipliedReportingOverflow(by: factor)
            let (sum, carry) = seconds.addingReportingOverflow(part)
            guard !overflow, !carry else { return nil }
            seconds = sum
            rest = rest.dropFirst(digits.count + 1)
        }
        guard !argument.isEmpty else { return nil }
        duration = .seconds(seconds)
    }

    /// In the largest unit that it is a whole number of, weeks aside.
    public var description: String {
        let seconds = duration.components.seconds
        for (unit, factor) in [("d", 86_400), ("h", 3_600), ("m", 60)] as [(String, Int64)]
        where seconds != 0 && seconds % factor == 0 {
            return "\(seconds / factor)\(unit)"
        }
        return "\(seconds)s"
    }
}
