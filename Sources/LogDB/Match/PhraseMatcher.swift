/// Finds a folded phrase in a text, on token boundaries.
struct PhraseMatcher: Sendable {
    let needle: Needle
    /// Whether the token at the phrase's start may not begin before it, and the one at its end not go on after it.
    private let bindsStart: Bool
    private let bindsEnd: Bool
    /// Whether the phrase ends within a token, which may go on.
    let endsOpen: Bool

    /// - Parameter phrase: Folded, at least one byte.
    init(_ phrase: [UInt8], openEnd: Bool) {
        needle = Needle(phrase)
        endsOpen = openEnd && phrase.withUnsafeBytes { TokenBoundary.tokenEnds(at: phrase.count, in: $0) }
        (bindsStart, bindsEnd) = phrase.withUnsafeBytes { text in
            (
                TokenBoundary.tokenBegins(at: 0, in: text),
                !openEnd && TokenBoundary.tokenEnds(at: text.count, in: text)
            )
        }
    }

    /// Whether the phrase occurs in a text that is folded, or ASCII.
    @inline(__always)
    func occurs(in text: UnsafeRawBufferPointer) -> Bool {
        var from = 0
        while true {
            let start = needle.find(in: text, from: from)
            if start < 0 { return false }
            if isBounded(start, in: text) { return true }
            from = start + 1
        }
    }

    /// Whether the needle found at `start` stands on the boundaries that are asked for.
    @inline(__always)
    func isBounded(_ start: Int, in text: UnsafeRawBufferPointer) -> Bool {
        let end = start + needle.bytes.count
        return UTF8Scalar.isBoundary(text, start) && UTF8Scalar.isBoundary(text, end)
            && !(bindsStart && TokenBoundary.tokenEnds(at: start, in: text))
            && !(bindsEnd && TokenBoundary.tokenBegins(at: end, in: text))
    }
}
