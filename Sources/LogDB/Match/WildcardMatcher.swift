/// Matches a wildcard pattern against folded text.
///
/// The pattern falls into segments between its runs (`*`). A segment matches a fixed number of characters, so the
/// leftmost place of each after the one before is the best there is: no place is given up once found, and the time is at
/// most the product of the sizes of text and pattern.
struct WildcardMatcher: Sendable {
    /// A stretch of the pattern without runs.
    private struct Segment: Sendable {
        /// Bytes of literals, or `anyCharacter`.
        var elements: [UInt16] = []
        /// How many characters it matches.
        var characterCount = 0
        /// The literal at its start, to find its places with.
        var needle: Needle?
    }

    private static let anyCharacter: UInt16 = 256

    private let segments: [Segment]
    private let startsWithRun: Bool
    private let endsWithRun: Bool
    /// Whether a match within a text is bounded by token boundaries at its start and its end.
    private let bindsStart: Bool
    private let bindsEnd: Bool
    /// The longest literal, which every text that matches contains. Nil when the pattern has none.
    let requiredLiteral: Needle?

    init(_ pattern: WildcardPattern) {
        var segments: [Segment] = []
        var current = Segment()
        var literals: [[UInt8]] = []
        for piece in pattern.pieces {
            switch piece {
            case .anyRun:
                if !current.elements.isEmpty { segments.append(current) }
                current = Segment()
            case .anyOne:
                current.elements.append(Self.anyCharacter)
                current.characterCount += 1
            case .literal(let bytes):
                if current.elements.isEmpty { current.needle = Needle(bytes) }
                current.elements += bytes.map(UInt16.init)
                current.characterCount += Self.characterCount(bytes)
                literals.append(bytes)
            }
        }
        if !current.elements.isEmpty { segments.append(current) }
        self.segments = segments
        startsWithRun = pattern.pieces.first == .anyRun
        endsWithRun = pattern.pieces.last == .anyRun
        requiredLiteral = literals.max { $0.count < $1.count }.map(Needle.init)
        if case .literal(let bytes)? = pattern.pieces.first {
            bindsStart = bytes.withUnsafeBytes { TokenBoundary.tokenBegins(at: 0, in: $0) }
        } else {
            bindsStart = false
        }
        if case .literal(let bytes)? = pattern.pieces.last {
            bindsEnd = bytes.withUnsafeBytes { TokenBoundary.tokenEnds(at: bytes.count, in: $0) }
        } else {
            bindsEnd = false
        }
    }

    /// Whether the pattern covers the text from its start to its end.
    func matchesWhole(_ text: UnsafeRawBufferPointer) -> Bool {
        guard !segments.isEmpty else { return startsWithRun || text.isEmpty }
        var position = 0
        var middle = segments[...]
        if !startsWithRun {
            position = end(of: middle.removeFirst(), at: 0, in: text)
            if position < 0 { return false }
            if middle.isEmpty && !endsWithRun { return position == text.count }
        }
        let tail = endsWithRun ? nil : middle.popLast()
        for segment in middle {
            position = find(segment, from: position, in: text).end
            if position < 0 { return false }
        }
        guard let tail else { return true }
        var start = text.count
        for _ in 0..<tail.characterCount {
            if start <= position { return false }
            start = UTF8Scalar.characterStart(text, before: start)
        }
        return start >= position && end(of: tail, at: start, in: text) == text.count
    }

    /// Whether the pattern matches somewhere in the text, on token boundaries where it begins or ends with a literal
    /// whose outermost character is a token character.
    func occurs(in text: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        for (index, segment) in segments.enumerated() {
            let bindsStart = bindsStart && index == 0
            let bindsEnd = bindsEnd && index == segments.count - 1
            while true {
                let (start, end) = find(segment, from: position, in: text)
                if end < 0 { return false }
                position = end
                if !(bindsStart && TokenBoundary.tokenEnds(at: start, in: text))
                    && !(bindsEnd && TokenBoundary.tokenBegins(at: end, in: text))
                {
                    break
                }
                position = UTF8Scalar.characterEnd(text, at: start)
            }
        }
        return true
    }

    /// Whether the pattern matches one whole token of the text.
    func matchesToken(of text: UnsafeRawBufferPointer) -> Bool {
        var cursor = TokenCursor(text)
        while let token = cursor.next() {
            if matchesWhole(UnsafeRawBufferPointer(rebasing: text[token])) { return true }
        }
        return false
    }

    /// The leftmost place of a segment at or after `from`; an end of -1 when there is none.
    private func find(_ segment: Segment, from: Int, in text: UnsafeRawBufferPointer) -> (start: Int, end: Int) {
        var start = from
        while start < text.count {
            if let needle = segment.needle {
                start = needle.find(in: text, from: start)
                if start < 0 { break }
            }
            let end = end(of: segment, at: start, in: text)
            if end >= 0 { return (start, end) }
            start = UTF8Scalar.characterEnd(text, at: start)
        }
        return (-1, -1)
    }

    /// Where a segment that begins at `start` ends; -1 when it does not stand there.
    private func end(of segment: Segment, at start: Int, in text: UnsafeRawBufferPointer) -> Int {
        guard UTF8Scalar.isBoundary(text, start) else { return -1 }
        var position = start
        for element in segment.elements {
            guard position < text.count else { return -1 }
            if element == Self.anyCharacter {
                guard UTF8Scalar.isBoundary(text, position) else { return -1 }
                position = UTF8Scalar.characterEnd(text, at: position)
            } else {
                guard UInt16(text[position]) == element else { return -1 }
                position += 1
            }
        }
        return UTF8Scalar.isBoundary(text, position) ? position : -1
    }

    private static func characterCount(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { text in
            var count = 0
            var offset = 0
            while offset < text.count {
                offset = UTF8Scalar.characterEnd(text, at: offset)
                count += 1
            }
            return count
        }
    }
}
