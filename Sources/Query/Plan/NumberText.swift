/// Numbers with units as they stand in comparisons: `100ms`, `10KB`, `80%`.
enum NumberText {
    /// The plain number that a number with a unit stands for, or nil where `text` is none (a plain number included).
    ///
    /// Sizes become bytes (K, KB, M, MB, G, GB count in thousands; KiB, MiB, GiB in 1,024s). Times become the unit that
    /// the field's name ends with (`timeout_ms`, `latency.us`, `age_seconds`), else seconds. `%` is the number itself.
    /// Nothing is rounded: the result has as many digits as it needs.
    static func plainNumber(_ text: String, for field: String) -> String? {
        var rest = Substring(text)
        var sign = ""
        if let first = rest.first, first == "-" || first == "+" {
            sign = first == "-" ? "-" : ""
            rest = rest.dropFirst()
        }
        let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
        let unit = rest.dropFirst(number.count)
        let sides = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(sides.count), sides.allSatisfy({ !$0.isEmpty }), !unit.isEmpty else { return nil }
        let fraction = sides.count == 2 ? String(sides[1]) : ""
        guard let digits = Int128(String(sides[0]) + fraction), number.utf8.count <= 19 else { return nil }
        if let factor = sizes[String(unit)] {
            return sign + decimal(digits * Int128(factor), fractionCount: fraction.utf8.count)
        }
        guard let duration = QueryDuration.Unit(text: unit) else { return nil }
        // In nanoseconds, of which every unit that a name can end with is a power of ten.
        let shift = exponent(ofFieldNamed: field)
        return sign
            + decimal(digits * Int128(duration.nanoseconds), fractionCount: fraction.utf8.count + shift)
    }

    private static let sizes: [String: Int64] = [
        "%": 1, "K": 1_000, "KB": 1_000, "KiB": 1_024, "M": 1_000_000, "MB": 1_000_000, "MiB": 1_048_576,
        "G": 1_000_000_000, "GB": 1_000_000_000, "GiB": 1_073_741_824,
    ]

    /// The power of ten by which the unit in the field's name is longer than a nanosecond.
    private static func exponent(ofFieldNamed name: String) -> Int {
        let last = name.lowercased().split { $0 == "_" || $0 == "." || $0 == "-" }.last.map(String.init) ?? ""
        switch last {
        case "ns", "nanos", "nanoseconds": return 0
        case "us", "µs", "micros", "microseconds": return 3
        case "ms", "msec", "millis", "milliseconds": return 6
        default: return 9
        }
    }

    private static func decimal(_ digits: Int128, fractionCount: Int) -> String {
        var text = String(digits)
        guard fractionCount > 0 else { return text }
        text = String(repeating: "0", count: max(0, fractionCount + 1 - text.count)) + text
        var fraction = text.suffix(fractionCount)
        while fraction.last == "0" { fraction = fraction.dropLast() }
        let whole = text.dropLast(fractionCount)
        return fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"
    }
}
