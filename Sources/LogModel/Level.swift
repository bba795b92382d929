/// How serious an entry is. Ordered: `debug < info < warn < error < fatal`.
public enum Level: UInt8, CaseIterable, Comparable, Sendable {
    case debug = 0
    case info = 1
    case warn = 2
    case error = 3
    case fatal = 4

    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

    /// The name shown everywhere: `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`.
    public var name: String {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        case .fatal: "FATAL"
        }
    }

    /// Reads a level's name in any case, or one of the names that other loggers and syslog (RFC 5424, table 2) use for
    /// it. Nil for any other text.
    public init?(name: some StringProtocol) {
        var name = String(name)
        let level = name.withUTF8 { Level(name: UnsafeRawBufferPointer($0)) }
        guard let level else { return nil }
        self = level
    }

    /// As `init(name:)`, on UTF-8 bytes and without allocating.
    @inlinable
    public init?(name: UnsafeRawBufferPointer) {
        guard name.count >= 1, name.count <= 13 else { return nil }
        // The name, lower-cased, packed into at most two words: the longest, "informational", has 13 letters.
        var low: UInt64 = 0
        var high: UInt64 = 0
        for index in 0..<name.count {
            let byte = name[index]
            // A NUL would pack as if the name ended before it.
            guard byte > 0, byte < 0x80 else { return nil }
            let lower = UInt64(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)
            if index < 8 { low |= lower << (8 * UInt64(index)) } else { high |= lower << (8 * UInt64(index - 8)) }
        }
        guard let level = Level.byPackedName[PackedName(low: low, high: high)] else { return nil }
        self = level
    }

    /// The names that are accepted for each level beside its own.
    public static let aliases: [(name: String, level: Level)] = [
        ("trace", .debug), ("verbose", .debug), ("fine", .debug), ("finer", .debug), ("finest", .debug),
        ("dbg", .debug),
        ("information", .info), ("informational", .info), ("notice", .info), ("log", .info), ("config", .info),
        ("warning", .warn), ("wrn", .warn),
        ("err", .error), ("severe", .error),
        ("critical", .fatal), ("crit", .fatal), ("alert", .fatal), ("emergency", .fatal), ("emerg", .fatal),
        ("panic", .fatal), ("fault", .fatal),
    ]

    @usableFromInline
    struct PackedName: Hashable, Sendable {
        @usableFromInline var low: UInt64
        @usableFromInline var high: UInt64
        @usableFromInline init(low: UInt64, high: UInt64) {
            self.low = low
            self.high = high
        }
    }

    @usableFromInline
    static let byPackedName: [PackedName: Level] = {
        var table: [PackedName: Level] = [:]
        for (name, level) in aliases + allCases.map({ ($0.name.lowercased(), $0) }) {
            var packed = PackedName(low: 0, high: 0)
            for (index, byte) in name.utf8.enumerated() {
                if index < 8 {
                    packed.low |= UInt64(byte) << (8 * UInt64(index))
                } else {
                    packed.high |= UInt64(byte) << (8 * UInt64(index - 8))
                }
            }
            table[packed] = level
        }
        return table
    }()
}

/// A set of levels, as a bit each.
public struct LevelSet: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable public init(_ level: Level) { rawValue = 1 << level.rawValue }

    public static let all = LevelSet(rawValue: 0b11111)

    /// The levels at or above `level`.
    public static func atLeast(_ level: Level) -> LevelSet {
        LevelSet(rawValue: LevelSet.all.rawValue & ~((1 << level.rawValue) - 1))
    }

    @inlinable public func contains(_ level: Level) -> Bool { rawValue & (1 << level.rawValue) != 0 }
}
