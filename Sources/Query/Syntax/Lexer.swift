/// Cuts a query's text into pieces. What a piece is depends on where it stands, so the parser asks for the kind it
/// wants; nothing is cut in advance.
struct Lexer {
    let source: SourceText
    /// The next byte to read.
    var index = 0

    init(_ source: SourceText) { self.source = source }

    var bytes: [UInt8] { source.bytes }
    var isAtEnd: Bool { index >= bytes.count }
    /// An empty span where the lexer stands.
    var here: SourceSpan { SourceSpan(start: index, count: 0) }
    /// From `start` to where the lexer stands.
    func span(from start: Int) -> SourceSpan { SourceSpan(start: start, count: index - start) }

    func byte(at position: Int) -> UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The character at `position` and how many bytes it takes. The text is valid UTF-8, because it was a `String`.
    func scalar(at position: Int) -> (scalar: Unicode.Scalar, count: Int)? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let count = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
        var value = UInt32(first) & (count == 2 ? 0x1f : count == 3 ? 0x0f : 0x07)
        for byte in bytes[(position + 1)..<min(bytes.count, position + count)] {
            value = value << 6 | UInt32(byte & 0x3f)
        }
        return (Unicode.Scalar(value) ?? "\u{fffd}", count)
    }

    /// How many bytes the white space at `position` takes; 0 where there is none.
    func spaceCount(at position: Int) -> Int {
        guard let (scalar, count) = scalar(at: position) else { return 0 }
        if scalar.value < 0x80 { return scalar == " " || (0x09...0x0d).contains(scalar.value) ? 1 : 0 }
        return scalar.properties.isWhitespace ? count : 0
    }

    func quote(at position: Int) -> (quote: Quote, count: Int)? {
        guard let (scalar, count) = scalar(at: position), let quote = Quote(scalar) else { return nil }
        return (quote, count)
    }

    @discardableResult
    mutating func skipSpace() -> Bool {
        let start = index
        while case let count = spaceCount(at: index), count > 0 { index += count }
        return index > start
    }

    /// Whether no word goes on at `position`.
    func isBoundary(_ position: Int, _ mode: WordMode = .clause) -> Bool {
        guard let byte = byte(at: position) else { return true }
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "|"): return true
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
            UInt8(ascii: "="):
            return mode == .argument
        default: return spaceCount(at: position) > 0
        }
    }

    func looking(at text: StaticString) -> Bool {
        index + text.utf8CodeUnitCount <= bytes.count
            && (0..<text.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == text.utf8Start[$0] }
    }

    /// Takes `text` if it stands here.
    mutating func take(_ text: StaticString) -> Bool {
        guard looking(at: text) else { return false }
        index += text.utf8CodeUnitCount
        return true
    }

    /// Whether the whole word here is `text`.
    func lookingAtWord(_ text: StaticString, _ mode: WordMode = .clause) -> Bool {
        looking(at: text) && isBoundary(index + text.utf8CodeUnitCount, mode)
    }

    /// Takes `text` if it is the whole word here.
    mutating func takeWord(_ text: StaticString, _ mode: WordMode = .clause) -> Bool {
        guard lookingAtWord(text, mode) else { return false }
        index += text.utf8CodeUnitCount
        return true
    }
}
