/// Reads the texts of /proc and /sys. Functions over text: what is not as expected is nil.
enum ProcText {
    /// Ticks of all processors since the start, from /proc/stat.
    struct ProcessorTicks: Sendable, Hashable {
        var busy: UInt64
        var total: UInt64

        /// Percent of the time since `earlier` in which processors worked; nil where no time has passed.
        func usage(since earlier: ProcessorTicks) -> Double? {
            guard total > earlier.total, busy >= earlier.busy else { return nil }
            return min(100, 100 * Double(busy - earlier.busy) / Double(total - earlier.total))
        }
    }

    /// Reads the line `cpu` (proc(5)): user, nice, system, idle, iowait, irq, softirq, steal. What guests use is in
    /// user and nice already.
    static func processorTicks(_ stat: String) -> ProcessorTicks? {
        guard let line = stat.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { UInt64($0) }
        guard ticks.count >= 4 else { return nil }
        let total = ticks.reduce(0, &+)
        let idle = ticks[3] &+ (ticks.count > 4 ? ticks[4] : 0)
        return idle <= total ? ProcessorTicks(busy: total - idle, total: total) : nil
    }

    /// Percent of the memory that programs cannot get, from /proc/meminfo.
    static func memoryUsage(_ meminfo: String) -> Double? {
        var values: [Substring: Double] = [:]
        for line in meminfo.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let value = Double(words[1]) else { continue }
            values[words[0].dropLast()] = value
        }
        // Kernels before 3.14 have no MemAvailable.
        let available =
            values["MemAvailable"]
            ?? values["MemFree"].map { $0 + (values["Buffers"] ?? 0) + (values["Cached"] ?? 0) }
        guard let total = values["MemTotal"], total > 0, let available, available <= total else { return nil }
        return 100 * (1 - available / total)
    }

    /// A number on a line of its own, as files of /sys have it.
    static func number(_ text: String) -> Double? {
        let end = text.lastIndex { $0 != "\n" && $0 != " " }
        return end.flatMap { Double(text[...$0]) }
    }

    /// Degrees Celsius from a thermal zone's or a sensor's thousandths; nil for what no sensor measures.
    static func temperature(_ text: String) -> Double? {
        guard let thousandths = number(text) else { return nil }
        let degrees = thousandths / 1_000
        return (-100...250).contains(degrees) ? degrees : nil
    }
}
