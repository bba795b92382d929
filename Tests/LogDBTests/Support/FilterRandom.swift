import LogModel

@testable import LogDB

/// Filters at random over what `EntryFactory` makes, each likely to keep some rows and not others.
struct FilterRandom {
    var generator: SeededGenerator
    /// Rows that times and identities are taken from.
    var rows: [StoredRow]

    init(seed: UInt64, rows: [StoredRow]) {
        generator = SeededGenerator(seed: seed)
        self.rows = rows
    }

    private static let fields: [Field] = [
        .device, .session, .module, .logger, .process, .thread, .message, .context("camera_id"),
        .context("retry_count"),
        .context("request_id"), .context("absent"),
    ]
    private static let words = [
        "waypoint", "GPS", "signal", "battery", "blk_", "blk_-7", "42", "straße", "STRASSE", "état", "ÉTAT", "wp",
        "reached",
        "nothing", "10", "", "video7", "timeout",
    ]
    private static let phrases = [
        "signal weak", "Obstacle detection timeout", "open /dev/video", "worker-thread-", "at 4", "percent", "can't",
        "", "état du",
        "wp-1", ".", "size",
    ]

    private static let expressions = [
        "GPS signal (weak|lost)", "blk_-?[0-9]+", "Waypoint reached: .*7$", "^Obstacle\\s+detection", "(état|straße)",
        ".",
        "worker-thread-\\d", "at [^4]", "(?i)timeout (after|at)", "percent$|^open /dev/", "nothing|else", "\\pL{3}é",
    ]

    mutating func filter(depth: Int = 3) -> Filter {
        if depth > 0, Int.random(in: 0..<5, using: &generator) < 3 {
            let parts = (0..<Int.random(in: 0...3, using: &generator)).map { _ in filter(depth: depth - 1) }
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1: return .all(parts)
            case 2, 3: return .any(parts)
            default: return .not(filter(depth: depth - 1))
            }
        }
        return leaf()
    }

    private mutating func leaf() -> Filter {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: return Bool.random(using: &generator) ? .everything : .nothing
        case 1, 2: return .level(LevelSet(rawValue: UInt8.random(in: 0...31, using: &generator)))
        case 3: return .time(range(of: rows.map(\.entry.time.microseconds)))
        case 4: return .received(range(of: rows.map(\.received)))
        case 5: return rows.randomElement(using: &generator).map { .id($0.key) } ?? .nothing
        case 6, 7, 8: return .value(Self.fields.randomElement(using: &generator)!, valueTest())
        default: return .text(textTest())
        }
    }

    mutating func range(of times: [Int64]) -> TimeRange {
        guard let one = times.randomElement(using: &generator), let other = times.randomElement(using: &generator)
        else {
            return .all
        }
        return TimeRange(
            since: Timestamp(microseconds: min(one, other)),
            until: Timestamp(microseconds: max(one, other) + Int64.random(in: 0...1, using: &generator)))
    }

    private mutating func bytes(_ choices: [String]) -> [UInt8] {
        Array(choices.randomElement(using: &generator)!.utf8)
    }

    private mutating func valueTest() -> ValueTest {
        let values = [
            "DEV-1", "dev-2", "session-1-1", "SESSION-3-2", "navigation", "INPUT", "core", "1003", "worker-2",
            "front_cam", "5", "0", "9.5",
            "-1", "1e3", "f", "absent", "", "Obstacle detection timeout",
        ]
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return .exists
        case 1, 2: return .equals(bytes(values), caseSensitive: Bool.random(using: &generator))
        case 3: return .wildcard(pattern(["dev", "-", "session", "n", "cam", "1", "00", "worker", "o", "weak"]))
        case 4: return .regex(regex(["^dev-[12]", "session-\\d-2$", "(?i)INPUT|core", "o.*k", "^$", "_cam", "[1-5]$"]))
        default:
            let comparisons: [Comparison] = [.less, .lessOrEqual, .greater, .greaterOrEqual]
            return .compare(comparisons.randomElement(using: &generator)!, bytes(values))
        }
    }

    private mutating func textTest() -> TextTest {
        switch Int.random(in: 0..<7, using: &generator) {
        case 0, 1, 2: return .word(bytes(Self.words))
        case 3, 4: return .phrase(bytes(Self.phrases), openEnd: Bool.random(using: &generator))
        case 5: return .regex(regex(Self.expressions))
        default: return .tokenWildcard(pattern(["way", "point", "b", "1", "2", "tim", "é", "s", "worker"]))
        }
    }

    private mutating func regex(_ choices: [String]) -> RegexPattern {
        try! RegexPattern(choices.randomElement(using: &generator)!, ignoresCase: Bool.random(using: &generator))
    }

    private mutating func pattern(_ literals: [String]) -> WildcardPattern {
        WildcardPattern(
            (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                switch Int.random(in: 0..<5, using: &generator) {
                case 0, 1: .anyRun
                case 2: .anyOne
                default: .literal(bytes(literals))
                }
            })
    }
}
