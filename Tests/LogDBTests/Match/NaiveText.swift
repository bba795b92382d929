@testable import LogDB

/// The meaning of text tests, written a second time and as plainly as it can be: texts are arrays of characters, and
/// every place is tried.
enum NaiveText {
    enum Character: Hashable {
        case scalar(Unicode.Scalar)
        case byte(UInt8)

        var isToken: Bool {
            guard case .scalar(let scalar) = self else { return false }
            if scalar == "_" { return true }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
            case .decimalNumber, .letterNumber, .otherNumber: return true
            default: return false
            }
        }

        var folded: Character {
            guard case .scalar(let scalar) = self, scalar.value != 0x130, scalar.value != 0x131 else { return self }
            var result = scalar
            let upper = Array(scalar.properties.uppercaseMapping.unicodeScalars)
            if upper.count == 1 { result = upper[0] }
            let lower = Array(result.properties.lowercaseMapping.unicodeScalars)
            return .scalar(lower.count == 1 ? lower[0] : scalar)
        }

        var bytes: [UInt8] {
            switch self {
            case .scalar(let scalar): Array(String(scalar).utf8)
            case .byte(let byte): [byte]
            }
        }
    }

    static func characters(_ bytes: [UInt8]) -> [Character] {
        var characters: [Character] = []
        var offset = 0
        while offset < bytes.count {
            let scalar = (1...4).lazy.compactMap { (length: Int) -> (Unicode.Scalar, Int)? in
                guard offset + length <= bytes.count,
                    let text = String(validating: bytes[offset..<(offset + length)], as: UTF8.self),
                    text.unicodeScalars.count == 1
                else { return nil }
                return (text.unicodeScalars.first!, length)
            }.first
            characters.append(scalar.map { .scalar($0.0) } ?? .byte(bytes[offset]))
            offset += scalar?.1 ?? 1
        }
        return characters
    }

    static func fold(_ bytes: [UInt8]) -> [Character] { characters(bytes).map(\.folded) }

    static func tokens(_ text: [Character]) -> [[Character]] {
        text.split { !$0.isToken }.map(Array.init)
    }

    static func matches(_ test: TextTest, _ message: [UInt8]) -> Bool {
        let text = fold(message)
        switch test {
        case .word(let word):
            return tokens(text).contains(fold(word))
        case .phrase(let phrase, let openEnd):
            let phrase = fold(phrase)
            return spans(text).contains { span in
                Array(text[span]) == phrase && isBound(span, text, phrase.first, openEnd ? nil : phrase.last)
            }
        case .tokenWildcard(let pattern):
            return tokens(text).contains { matchesWhole(elements(pattern)[...], $0[...]) }
        case .textWildcard(let pattern):
            var first: Character?
            var last: Character?
            if case .literal(let bytes)? = pattern.pieces.first { first = characters(bytes).first }
            if case .literal(let bytes)? = pattern.pieces.last { last = characters(bytes).last }
            return spans(text).contains { span in
                matchesWhole(elements(pattern)[...], text[span]) && isBound(span, text, first, last)
            }
        case .regex(let pattern):
            // The expression itself has its plain meaning in `NaiveRegex`; here it is matched on every text.
            return pattern.occurs(in: String(decoding: message, as: UTF8.self))
        }
    }

    static func matchesWhole(_ pattern: WildcardPattern, _ value: [UInt8]) -> Bool {
        matchesWhole(elements(pattern)[...], fold(value)[...])
    }

    private enum Element {
        case character(Character)
        case anyOne
        case anyRun
    }

    private static func elements(_ pattern: WildcardPattern) -> [Element] {
        pattern.pieces.flatMap { piece -> [Element] in
            switch piece {
            case .literal(let bytes): characters(bytes).map { .character($0) }
            case .anyOne: [.anyOne]
            case .anyRun: [.anyRun]
            }
        }
    }

    private static func matchesWhole(_ pattern: ArraySlice<Element>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case .anyRun:
            return (text.startIndex...text.endIndex).contains { matchesWhole(pattern.dropFirst(), text[$0...]) }
        case .anyOne:
            return !text.isEmpty && matchesWhole(pattern.dropFirst(), text.dropFirst())
        case .character(let character):
            return text.first == character && matchesWhole(pattern.dropFirst(), text.dropFirst())
        }
    }

    private static func spans(_ text: [Character]) -> [Range<Int>] {
        (0...text.count).flatMap { start in (start...text.count).map { start..<$0 } }
    }

    private static func isBound(
        _ span: Range<Int>, _ text: [Character], _ first: Character?, _ last: Character?
    ) -> Bool {
        if let first, first.isToken, span.lowerBound > 0, text[span.lowerBound - 1].isToken { return false }
        if let last, last.isToken, span.upperBound < text.count, text[span.upperBound].isToken { return false }
        return true
    }
}

/// Texts and tests at random, from an alphabet in which everything that can go wrong is frequent. The same for the same
/// seed.
struct TextRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    static let plain: [[UInt8]] = ["a", "b", "A", "B", "k", "s", "_", "1", " ", " ", "-", "."].map { Array($0.utf8) }
    static let special: [[UInt8]] =
        ["é", "É", "ß", "ẞ", "\u{212a}", "\u{17f}", "中", "ı", "İ", "😀", "\u{301}", "Ⱥ", "²", "Σ", "ς"].map {
            Array($0.utf8)
        } + [[0xc3], [0xa9], [0xff], [0xe4, 0xb8], [0xed, 0xa0, 0x80], [0]]

    mutating func text(_ maxCount: Int, onlyPlain: Bool = false) -> [UInt8] {
        (0..<Int.random(in: 0...maxCount, using: &self)).flatMap { _ in
            let alphabet = onlyPlain || Int.random(in: 0..<3, using: &self) > 0 ? Self.plain : Self.special
            return alphabet.randomElement(using: &self)!
        }
    }

    mutating func pattern() -> WildcardPattern {
        WildcardPattern(
            (0..<Int.random(in: 0...4, using: &self)).map { _ in
                switch Int.random(in: 0..<4, using: &self) {
                case 0: .anyRun
                case 1: .anyOne
                default: .literal(text(2, onlyPlain: Bool.random(using: &self)))
                }
            })
    }

    mutating func test() -> TextTest {
        let text = CaseFolding.fold(text(3, onlyPlain: Bool.random(using: &self)))
        switch Int.random(in: 0..<5, using: &self) {
        case 0: return .word(text)
        case 1: return .phrase(text, openEnd: Bool.random(using: &self))
        case 2: return .tokenWildcard(pattern())
        case 3: return .textWildcard(pattern())
        default: return .regex(try! RegexPattern(regex().text, ignoresCase: next() % 2 == 0))
        }
    }
}
