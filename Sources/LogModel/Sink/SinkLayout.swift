/// The names in a sink's directory, which its module and the agent share.
///
///     SINKS/levels                    the agent: `MODULE LEVEL` a line, `*` for all modules
///     SINKS/MODULE-PROCESS-BOOT/      one process's sink
///         lock                        held locked by the process while it lives
///         00000001.log …              lines of entries; the process writes to the last one only
///         confirmed                   the agent: everything before this position is safe with it
public enum SinkLayout {
    public static let levels = "levels"
    public static let lock = "lock"
    public static let confirmed = "confirmed"
    /// Directories that are not ready yet have it before their name.
    public static let draftPrefix = "."
    /// Longer names are cut.
    public static let nameByteCountMax = 96

    /// The file of a segment, counted from 1.
    public static func segment(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".log"
    }

    /// The number of a segment's file; nil for other names.
    public static func segmentNumber(_ name: some StringProtocol) -> UInt64? {
        guard name.hasSuffix(".log"), let number = UInt64(name.dropLast(4)), number > 0, segment(number) == name else {
            return nil
        }
        return number
    }

    /// A directory's name for a process of a module. `boot` is drawn anew by each process, so that no name comes twice.
    public static func name(module: String, process: Int32, boot: UInt64) -> String {
        let plain = module.utf8.prefix(40).map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return "\(String(decoding: plain, as: UTF8.self))-\(process)-\(String(boot, radix: 16))"
    }

    /// Whether a name from outside can be a sink's, and leads nowhere else.
    public static func isName(_ name: some StringProtocol) -> Bool {
        (1...nameByteCountMax).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// How far a sink's entries have come.
public struct SinkPosition: Sendable, Hashable, Comparable {
    public var segment: UInt64
    /// Bytes of the segment's file before it.
    public var offset: UInt64

    public static let start = SinkPosition(segment: 1, offset: 0)

    public init(segment: UInt64, offset: UInt64) {
        self.segment = segment
        self.offset = offset
    }

    /// Reads the content of `confirmed`; nil for what is none.
    public init?(_ text: some StringProtocol) {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let segment = UInt64(words[0]), let offset = UInt64(words[1]), segment > 0 else {
            return nil
        }
        self.init(segment: segment, offset: offset)
    }

    public var text: String { "\(segment) \(offset)\n" }

    public static func < (left: SinkPosition, right: SinkPosition) -> Bool {
        (left.segment, left.offset) < (right.segment, right.offset)
    }
}
