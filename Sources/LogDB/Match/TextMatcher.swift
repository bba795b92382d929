import CBytes

/// Evaluates a `TextTest` on messages: on one, or on a whole column at once (`TextMatcher+Column.swift`).
final class TextMatcher: Sendable {
    enum Method: Sendable {
        /// An empty phrase occurs everywhere; a word that is no token, nowhere.
        case constant(Bool)
        case phrase(PhraseMatcher)
        case textWildcard(WildcardMatcher)
        case tokenWildcard(WildcardMatcher)
        case regex(RegexMatcher)
    }

    let method: Method

    init(_ test: TextTest) {
        switch test {
        case .word(let word):
            // A token is a phrase bounded at both ends.
            let word = CaseFolding.fold(word)
            method =
                Tokenizer.tokens(of: word) == [word] ? .phrase(PhraseMatcher(word, openEnd: false)) : .constant(false)
        case .phrase(let phrase, let openEnd):
            let phrase = CaseFolding.fold(phrase)
            method = phrase.isEmpty ? .constant(true) : .phrase(PhraseMatcher(phrase, openEnd: openEnd))
        case .textWildcard(let pattern):
            method = .textWildcard(WildcardMatcher(pattern))
        case .tokenWildcard(let pattern):
            method = .tokenWildcard(WildcardMatcher(pattern))
        case .regex(let pattern):
            method = .regex(RegexMatcher(pattern))
        }
    }

    /// Whether the message passes the test.
    func matches(_ message: UnsafeRawBufferPointer, scratch: inout MatchScratch) -> Bool {
        switch method {
        case .constant(let answer):
            return answer
        case .phrase(let phrase):
            if message.isASCII { return phrase.needle.isASCII && phrase.occurs(in: message) }
            return withFolded(message, &scratch) { phrase.occurs(in: $0) }
        case .textWildcard(let wildcard):
            return withFolded(message, &scratch) { wildcard.occurs(in: $0) }
        case .tokenWildcard(let wildcard):
            return withFolded(message, &scratch) { wildcard.matchesToken(of: $0) }
        case .regex(let regex):
            return regex.occurs(in: message, scratch: &scratch)
        }
    }

    private func withFolded(
        _ message: UnsafeRawBufferPointer, _ scratch: inout MatchScratch, _ body: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        CaseFolding.fold(message, into: &scratch.folded)
        return scratch.folded.withUnsafeBytes(body)
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    var isASCII: Bool {
        guard let baseAddress else { return true }
        return cbytes_is_ascii(baseAddress.assumingMemoryBound(to: UInt8.self), count) != 0
    }
}
