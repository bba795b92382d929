/// Numbers as people read them.
enum Humane {
    /// `12,345,678`.
    static func count(_ value: some BinaryInteger) -> String {
        var text = ""
        let digits = String(value.magnitude)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// `1 entry`, `2 entries`.
    static func count(_ value: some BinaryInteger, _ one: String, _ many: String) -> String {
        "\(count(value)) \(value == 1 ? one : many)"
    }

    /// `512 B`, `1.5 KiB`, `64.0 MiB`.
    static func bytes(_ value: some BinaryInteger) -> String {
        var size = Double(value)
        guard size >= 1_024 else { return "\(value) B" }
        var unit = ""
        for next in ["KiB", "MiB", "GiB", "TiB", "PiB"] where size >= 1_024 {
            size /= 1_024
            unit = next
        }
        return "\(decimal(size, places: 1)) \(unit)"
    }

    /// `0.35 s`, `12.4 s`, `3 min 20 s`, `2 h 5 min`.
    static func duration(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        if seconds < 10 { return decimal(seconds, places: 2) + " s" }
        if seconds < 60 { return decimal(seconds, places: 1) + " s" }
        return wholeSeconds(Int(seconds))
    }

    static func wholeSeconds(_ seconds: Int) -> String {
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
    }

    static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((value * scale).rounded())
        let whole = String(scaled.magnitude / UInt64(scale))
        let fraction = String(scaled.magnitude % UInt64(scale))
        let sign = scaled < 0 ? "-" : ""
        guard places > 0 else { return sign + whole }
        return sign + whole + "." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
