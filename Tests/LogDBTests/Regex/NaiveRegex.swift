@testable import LogDB

/// The meaning of regular expressions, written a second time and as plainly as it can be: every place is tried, and every
/// way to go on from it.
indirect enum NaiveRegex {
    case character(Unicode.Scalar)
    case anyCharacter
    case members([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    case digit
    case word
    case whiteSpace
    case start
    case end
    /// (`\B` is not here: RE2 also finds it within a character of several bytes.)
    case wordBoundary
    case sequence([NaiveRegex])
    case choice([NaiveRegex])
    /// `max` nil: any number of times.
    case repeated(NaiveRegex, min: Int, max: Int?)
    case ignoringCase(NaiveRegex)
    /// Characters between `\Q` and `\E`.
    case quoted([Unicode.Scalar])

    /// Whether the expression matches somewhere in the text, in which a stretch that is not UTF-8 is one U+FFFD.
    func occurs(in bytes: [UInt8], ignoresCase: Bool) -> Bool {
        let text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        return (0...text.count).contains { !ends(from: $0, text, ignoresCase).isEmpty }
    }

    /// Where a match that begins at `place` can end.
    private func ends(from place: Int, _ text: [Unicode.Scalar], _ ignoresCase: Bool) -> Set<Int> {
        func one(_ passes: (Unicode.Scalar) -> Bool) -> Set<Int> {
            place < text.count && passes(text[place]) ? [place + 1] : []
        }
        switch self {
        case .character(let scalar):
            return one { NaiveRegex.isSame($0, scalar, ignoresCase) }
        case .anyCharacter:
            return one { $0 != "\n" }
        case .members(let ranges, let isNegated):
            return one { scalar in
                let isMember = ranges.contains { range in
                    NaiveRegex.cases(of: scalar, ignoresCase).contains { range.contains($0) }
                }
                return isMember != isNegated
            }
        case .digit:
            return one { ("0"..."9").contains($0) }
        case .word:
            // The only characters outside ASCII whose case is in it.
            return one { NaiveRegex.isWord($0) || ignoresCase && ($0 == "\u{212a}" || $0 == "\u{17f}") }
        case .whiteSpace:
            return one { "\t\n\u{0c}\r ".unicodeScalars.contains($0) }
        case .start:
            return place == 0 ? [place] : []
        case .end:
            return place == text.count ? [place] : []
        case .wordBoundary:
            let before = place > 0 && NaiveRegex.isWord(text[place - 1])
            let after = place < text.count && NaiveRegex.isWord(text[place])
            return before != after ? [place] : []
        case .sequence(let parts):
            return parts.reduce([place]) { places, part in
                Set(places.flatMap { part.ends(from: $0, text, ignoresCase) })
            }
        case .choice(let choices):
            return Set(choices.flatMap { $0.ends(from: place, text, ignoresCase) })
        case .repeated(let part, let min, let max):
            var places: Set<Int> = [place]
            var found: Set<Int> = min == 0 ? [place] : []
            // More often than this, only empty matches can be repeated.
            for count in 1...(max ?? min + text.count + 1) {
                places = Set(places.flatMap { part.ends(from: $0, text, ignoresCase) })
                if count >= min { found.formUnion(places) }
            }
            return found
        case .ignoringCase(let part):
            return part.ends(from: place, text, true)
        case .quoted(let scalars):
            return NaiveRegex.sequence(scalars.map { .character($0) }).ends(from: place, text, ignoresCase)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    private static func isSame(_ one: Unicode.Scalar, _ other: Unicode.Scalar, _ ignoresCase: Bool) -> Bool {
        one == other
            || ignoresCase && NaiveText.Character.scalar(one).folded == NaiveText.Character.scalar(other).folded
    }

    /// Every letter of the random texts, in every case.
    private static let letters = Array("abksABKS\u{212a}\u{17f}éÉßẞⱥȺΣσςİı".unicodeScalars)

    private static func cases(of scalar: Unicode.Scalar, _ ignoresCase: Bool) -> [Unicode.Scalar] {
        ignoresCase ? [scalar] + letters.filter { isSame($0, scalar, true) } : [scalar]
    }

    /// The expression as RE2 reads it.
    var text: String {
        switch self {
        case .character(let scalar): NaiveRegex.escaped(scalar)
        case .anyCharacter: "."
        case .members(let ranges, let isNegated):
            "[\(isNegated ? "^" : "")\(ranges.map { NaiveRegex.member($0) }.joined())]"
        case .digit: "\\d"
        case .word: "\\w"
        case .whiteSpace: "\\s"
        case .start: "^"
        case .end: "$"
        case .wordBoundary: "\\b"
        case .sequence(let parts): parts.map(\.text).joined()
        case .choice(let choices): "(\(choices.map(\.text).joined(separator: "|")))"
        case .repeated(let part, let min, let max): "(?:\(part.text))\(NaiveRegex.counts(min, max))"
        case .ignoringCase(let part): "(?i:\(part.text))"
        case .quoted(let scalars): "\\Q\(String(String.UnicodeScalarView(scalars)))\\E"
        }
    }

    private static func counts(_ min: Int, _ max: Int?) -> String {
        switch (min, max) {
        case (0, nil): "*"
        case (1, nil): "+?"
        case (0, 1): "?"
        case (_, nil): "{\(min),}"
        case (_, min): "{\(min)}"
        case (_, let max?): "{\(min),\(max)}?"
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let isPlain = isWord(scalar) || scalar.value >= 0x80 || scalar == " "
        return isPlain ? String(scalar) : scalar == "\0" ? "\\x00" : "\\\(scalar)"
    }

    private static func member(_ range: ClosedRange<Unicode.Scalar>) -> String {
        let low = escaped(range.lowerBound)
        return range.lowerBound == range.upperBound ? low : "\(low)-\(escaped(range.upperBound))"
    }
}

extension TextRandom {
    /// An expression, short enough for its texts to be found at random.
    mutating func regex(depth: Int = 2) -> NaiveRegex {
        .sequence((0..<Int.random(in: 1...3, using: &self)).map { _ in regexPart(depth) })
    }

    private mutating func regexPart(_ depth: Int) -> NaiveRegex {
        switch Int.random(in: 0..<(depth > 0 ? 20 : 14), using: &self) {
        case 0: return .anyCharacter
        case 1: return .members(ranges(), isNegated: next() % 3 == 0)
        case 2: return [.digit, .word, .whiteSpace].randomElement(using: &self)!
        case 3: return next() % 2 == 0 ? .start : .end
        case 4: return .wordBoundary
        case 5: return .quoted((0..<Int.random(in: 0...2, using: &self)).map { _ in scalar() })
        case 6..<14: return .character(scalar())
        case 14, 15: return .choice((0..<Int.random(in: 1...3, using: &self)).map { _ in regex(depth: depth - 1) })
        case 16: return .ignoringCase(regex(depth: depth - 1))
        default:
            let min = Int.random(in: 0...2, using: &self)
            let max = next() % 2 == 0 ? nil : Swift.max(1, min + Int.random(in: 0...1, using: &self))
            return .repeated(regexPart(depth - 1), min: min, max: max)
        }
    }

    private mutating func ranges() -> [ClosedRange<Unicode.Scalar>] {
        (0..<Int.random(in: 1...3, using: &self)).map { _ in
            let (one, other) = (scalar(), next() % 4 == 0 ? scalar() : nil)
            guard let other, other.isASCII == one.isASCII else { return one...one }
            return min(one, other)...max(one, other)
        }
    }

    /// A character of the random texts.
    private mutating func scalar() -> Unicode.Scalar {
        while true {
            if let scalar = String(validating: text(1), as: UTF8.self)?.unicodeScalars.first { return scalar }
        }
    }
}
