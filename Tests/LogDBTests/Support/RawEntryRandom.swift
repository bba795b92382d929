import LogModel

/// Entries of bytes in which everything that can go wrong is frequent.
struct RawEntryRandom {
    var generator: SeededGenerator
    /// How many context keys there are to choose from, and how many an entry may have.
    var keyCount = 12
    var attributeCountMax = 5
    private var time: Int64 = 1_735_900_000_000_000

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func bytes(_ countMax: Int) -> [UInt8] {
        let count = Int.random(in: 0...countMax, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        case 1: return (0..<count).map { _ in [0, 0xff, 0xc3, 0x80].randomElement(using: &generator)! }
        case 2: return Array(String(Int.random(in: 0...9_999, using: &generator)).utf8)
        default: return (0..<count).map { _ in UInt8.random(in: 0x61...0x66, using: &generator) }
        }
    }

    mutating func entry(session: UInt64) -> RawEntry {
        time += Int64.random(in: 0...3_000, using: &generator)
        var entry = RawEntry(time: time, level: Level.allCases.randomElement(using: &generator)!, session: session)
        entry.identifiers = (0..<4).map { _ in bytes(3) }
        entry.message = bytes(60)
        let keys = (0..<keyCount).shuffled(using: &generator)
            .prefix(Int.random(in: 0...attributeCountMax, using: &generator))
        entry.context = keys.map { RawEntry.Attribute(key: key($0), value: bytes(20)) }
        return entry
    }

    /// One key in three is no text.
    private func key(_ number: Int) -> [UInt8] {
        number % 3 == 0 ? [0xff, 0, UInt8(number & 0xff), UInt8(number >> 8)] : Array("key_\(number)".utf8)
    }

    /// Entries of a few streams, one after the other.
    mutating func entries(_ count: Int, streams: Int = 3) -> [RawEntry] {
        (0..<count).map { entry(session: UInt64($0 * streams / max(count, 1))) }
    }
}
