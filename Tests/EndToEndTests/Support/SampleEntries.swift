import LogModel

/// Entries of a small fleet, made from a seed.
enum SampleEntries {
    static let modules = ["navigation", "processing", "input", "power", "Navigation"]
    static let devices = ["Drone-1", "Drone-22", "Robot 3", "камера", "sensor\"4\\"]
    static let words = [
        "waypoint", "reached", "GPS", "signal", "weak", "obstacle", "detection", "timeout", "Ärger", "λόγος", "retry",
        "10.0.0.1:8080", "worker-thread-3", "\"quoted\"", "back\\slash", "tab\there", "line\nend", "\u{1F680}", "",
        "nul\u{0}",
    ]

    /// - Parameter start: The moment before the first entry; the others follow within three days, some at the same time.
    static func make(_ count: Int, seed: UInt64, start: Timestamp) -> [Entry] {
        var random = SeededGenerator(seed: seed)
        var time = start.microseconds
        return (0..<count).map { index in
            if Int.random(in: 0..<4, using: &random) > 0 {
                time += Int64.random(in: 0...(3 * Timestamp.microsecondsPerDay / Int64(count)), using: &random)
            }
            var message = (0..<Int.random(in: 0...8, using: &random)).map { _ in words.randomElement(using: &random)! }
            message.append("n\(index)")
            var context: [Entry.Attribute] = []
            if Bool.random(using: &random) { context.append(.init("camera_id", "front cam")) }
            if Bool.random(using: &random) { context.append(.init("retry_count", String(index % 7))) }
            return Entry(
                time: Timestamp(microseconds: time), level: Level.allCases.randomElement(using: &random)!,
                device: devices.randomElement(using: &random)!, session: "s\(index / 40 % 9)",
                module: modules.randomElement(using: &random)!, logger: index % 5 == 0 ? "" : "Logger\(index % 3)",
                process: String(1_000 + index % 4), thread: "worker-thread-\(index % 3)",
                message: message.joined(separator: " "), context: context)
        }
    }

    static func lines(_ entries: some Sequence<Entry>) throws -> String {
        try entries.map { try $0.line() + "\n" }.joined()
    }
}
