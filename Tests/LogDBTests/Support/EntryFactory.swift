import LogModel

/// Makes entries like a fleet's, from a seed.
struct EntryFactory {
    var generator: SeededGenerator
    var now: Int64 = 1_735_900_000_000_000
    /// How many devices, each with a few sessions.
    var deviceCount = 5
    /// How many sessions a device has.
    var sessionCount = 3
    /// The most milliseconds from one entry to the next; 0 gives all the same time.
    var stepMax: Int64 = 40

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static let messages = [
        "Waypoint reached: WP-%", "GPS signal weak (% sats)", "Obstacle detection timeout", "battery at % percent",
        "Received block blk_-% of size % from 10.250.%.%", "", "can't open /dev/video%",
        "frame % dropped by worker-thread-%",
        "Straße gesperrt: Umleitung %", "état du capteur % inconnu",
    ]

    mutating func entry() -> Entry {
        now += Int64.random(in: 0...stepMax, using: &generator) * 1_000
        let isLate = stepMax > 0 && Int.random(in: 0..<20, using: &generator) == 0
        let late = isLate ? Int64.random(in: 0...5_000_000, using: &generator) : 0
        let device = Int.random(in: 0..<deviceCount, using: &generator)
        let session = Int.random(in: 0..<sessionCount, using: &generator)
        var message = ""
        for character in EntryFactory.messages.randomElement(using: &generator)! {
            if character == "%" {
                message += String(Int.random(in: 0..<300, using: &generator))
            } else {
                message.append(character)
            }
        }
        var context: [Entry.Attribute] = []
        if Bool.random(using: &generator) {
            context.append(.init("camera_id", ["front_cam", "rear_cam"].randomElement(using: &generator)!))
        }
        if Bool.random(using: &generator) {
            context.append(.init("retry_count", String(Int.random(in: 0..<9, using: &generator))))
        }
        let hex = String(UInt64.random(in: 0...UInt64.max, using: &generator), radix: 16)
        context.append(.init("request_id", String(repeating: "0", count: 16 - hex.count) + hex))
        return Entry(
            time: Timestamp(microseconds: now - late), level: Level.allCases.randomElement(using: &generator)!,
            device: "DEV-\(device)", session: session == 0 ? "" : "session-\(device)-\(session)",
            module: ["navigation", "input", "processing", ""].randomElement(using: &generator)!,
            logger: Bool.random(using: &generator) ? "Core" : "",
            process: String(1_000 + device), thread: "worker-\(Int.random(in: 0..<4, using: &generator))",
            message: message, context: context)
    }

    mutating func entries(_ count: Int) -> [Entry] { (0..<count).map { _ in entry() } }
}
