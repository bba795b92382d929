@testable import Query

/// A small generator of numbers whose sequence is the same for the same seed (SplitMix64, Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Draws syntax trees that texts can have.
struct SyntaxGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(state: seed) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements.randomElement(using: &random)! }
    mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }
    mutating func many<Element>(_ range: ClosedRange<Int>, _ make: (inout Self) -> Element) -> [Element] {
        (0..<Int.random(in: range, using: &random)).map { _ in make(&self) }
    }

    mutating func query() -> QuerySyntax {
        QuerySyntax(timeClauses: many(0...3) { $0.clause() }, filter: filter(4), pipes: many(0...3) { $0.pipe() })
    }

    mutating func filter(_ depth: Int) -> FilterSyntax {
        switch Int.random(in: 0..<(depth > 0 ? 12 : 7), using: &random) {
        case 0: .everything
        case 1: .text(text())
        case 2: .regex(regex())
        case 3: .missing(name())
        case 4...6: .field(name(), value(depth))
        case 7, 8: .and(many(2...4) { $0.filter(depth - 1) })
        case 9, 10: .or(many(2...4) { $0.filter(depth - 1) })
        default: .not(filter(depth - 1))
        }
    }

    mutating func value(_ depth: Int) -> ValueSyntax {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &random) {
        case 0: .exists
        case 1: .compare(pick(ComparisonOperator.allCases), scalar())
        case 2: .range(bound(), bound())
        case 3: .set(many(1...3) { $0.scalar() })
        case 4: .regex(regex())
        case 5, 6: .text(text())
        case 7: .and(many(2...3) { $0.value(depth - 1) })
        case 8: .or(many(2...3) { $0.value(depth - 1) })
        default: .not(value(depth - 1))
        }
    }

    mutating func bound() -> RangeBound {
        RangeBound(chance(4) ? nil : scalar(), isInclusive: chance(2))
    }

    mutating func scalar() -> ScalarSyntax {
        if chance(3) { return .quoted(QuotedText(string())) }
        while true {
            let word = word()
            // A bound that is `*` alone is an open one.
            if !word.isAnything { return .word(word) }
        }
    }

    mutating func text() -> TextSyntax {
        if chance(3) { return .quoted(QuotedText(string()), isPrefix: chance(2)) }
        while true {
            let word = word()
            // `*` alone means something else.
            if !word.isAnything { return .word(word) }
        }
    }

    mutating func word() -> WordPattern {
        while true {
            let pieces: [WordPattern.Piece] = many(1...4) { generator in
                switch Int.random(in: 0..<5, using: &generator.random) {
                case 0: .anyRun
                case 1: .anyOne
                default: .literal(generator.string())
                }
            }
            let word = WordPattern(pieces)
            if !word.pieces.isEmpty { return word }
        }
    }

    mutating func regex() -> RegexSyntax {
        RegexSyntax(pick(["a", "a|b", #"a\/b"#, "(a )+", #"\\"#, "ü[x]", "\"'`"]), ignoresCase: chance(2))
    }

    /// Any text, with a liking for what means something.
    mutating func string() -> String {
        many(0...4) { generator in
            generator.pick([
                "a", "B", "0", "_", "-", "!", " ", "\t", "\n", "(", ")", "|", "\"", "'", "`", "“", "’", "\\", "*", "?",
                ":",
                ".", "..", "/", "[", "]", "{", "}", ",", "=", "<", ">", "@", "#", "~", "&&", "AND", "OR", "NOT", "TO",
                "IN",
                "in", "since:", "has:", "ü", "日本", "🦊", "\u{301}", "\u{a0}", "\u{3000}", "\0", "level", "1h",
            ])
        }.joined()
    }

    mutating func name() -> FieldName {
        let plain = pick([
            "level", "device", "a.b-c", "_x", "größe", "context.n", "since", "has", "in", "NOT", "by", "bin",
        ])
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return FieldName(string())
        case 1: return FieldName(plain, isAttribute: true)
        default: return FieldName(plain)
        }
    }
}
