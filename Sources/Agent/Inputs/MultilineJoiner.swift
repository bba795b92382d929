/// Which lines of a source belong to the one before them.
public enum MultilineRule: String, CaseIterable, Sendable, Hashable {
    /// Every line is an entry.
    case none
    /// Lines that begin with a space or a tab.
    case indented
    /// Lines that do not begin with a date and time, after the first that does.
    case timestamp
    /// Stack traces: indented lines, those of Python from `Traceback (most recent call last):` to the exception, and those
    /// of Java that begin with `Caused by:` or `Suppressed:`.
    case traceback
}

/// Joins lines into texts by a rule, within bounds. Knows no input and no clock.
struct MultilineJoiner {
    /// More lines than that are no longer one thing that happened.
    static let lineCountMax = 1_000
    static let byteCountMax = 256 << 10

    private let rule: MultilineRule
    /// The text so far, without a line end at its end.
    private var pending: [UInt8] = []
    private var lineCount = 0
    /// Inside a traceback of Python, before the line that says what was raised.
    private var isInTraceback = false
    /// The line before was empty: part of a trace if it goes on.
    private var hasStarted = false

    init(_ rule: MultilineRule) { self.rule = rule }

    /// Whether a text may still go on.
    var isPending: Bool { lineCount > 0 }

    /// Takes a line without its line end.
    ///
    /// - Returns: The text that ended before this line, if one did.
    mutating func take(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
        guard rule != .none else { return Array(line) }
        if lineCount > 0, continues(line), lineCount < MultilineJoiner.lineCountMax,
            pending.count + line.count < MultilineJoiner.byteCountMax
        {
            pending.append(0x0a)
            pending.append(contentsOf: line)
            lineCount += 1
            return nil
        }
        let ended = flush()
        pending = Array(line)
        lineCount = 1
        isInTraceback = MultilineJoiner.isPython(line)
        return ended
    }

    /// Ends the text: nothing came for a while, or nothing will.
    mutating func flush() -> [UInt8]? {
        guard lineCount > 0 else { return nil }
        defer {
            pending = []
            lineCount = 0
            isInTraceback = false
        }
        return pending
    }

    private mutating func continues(_ line: UnsafeRawBufferPointer) -> Bool {
        let isIndented = line.first == 0x20 || line.first == 0x09
        switch rule {
        case .none: return false
        case .indented: return isIndented
        case .timestamp: return !MultilineJoiner.beginsWithTime(line)
        case .traceback:
            if isIndented { return true }
            if MultilineJoiner.isPython(line) {
                isInTraceback = true
                return true
            }
            if isInTraceback {
                // The first line that is not indented says what was raised, and ends the traceback; an empty one stands
                // between tracebacks of which one led to the other.
                isInTraceback = line.isEmpty
                return true
            }
            if line.isEmpty || MultilineJoiner.hasTrace(pending) && MultilineJoiner.isLink(line) {
                // What led from one traceback to the next.
                return MultilineJoiner.hasTrace(pending)
            }
            return ["Caused by:", "Suppressed:"].contains { line.starts(with: $0.utf8) }
        }
    }

    private static func isPython(_ line: UnsafeRawBufferPointer) -> Bool {
        line.starts(with: "Traceback (most recent call last):".utf8)
    }

    private static func isLink(_ line: UnsafeRawBufferPointer) -> Bool {
        ["During handling of the above exception", "The above exception was the direct cause"].contains {
            line.starts(with: $0.utf8)
        }
    }

    private static func hasTrace(_ text: [UInt8]) -> Bool {
        text.firstRange(of: Array("Traceback (most recent call last):".utf8)) != nil
    }

    /// `2025-01-03 14:32` and the like, also in brackets.
    private static func beginsWithTime(_ line: UnsafeRawBufferPointer) -> Bool {
        let text = line.first == UInt8(ascii: "[") ? line.dropFirst() : line[...]
        guard text.count >= 16 else { return false }
        for (index, byte) in text.prefix(16).enumerated() {
            switch index {
            case 4, 7: if byte != UInt8(ascii: "-") { return false }
            case 10: if byte != 0x20, byte != UInt8(ascii: "T"), byte != UInt8(ascii: "t") { return false }
            case 13: if byte != UInt8(ascii: ":") { return false }
            default: if !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte) { return false }
            }
        }
        return true
    }
}
