import LogModel
import Testing

@testable import LogDB

@Suite struct WordIndexQueryTests {
    private func word(_ text: String) -> WordIndexQuery {
        .word(CaseFolding.fold(Array(text.utf8)).withUnsafeBytes { Tokenizer.hash($0) })
    }

    private func phrase(_ text: String, openEnd: Bool = false) -> Filter {
        .text(.phrase(Array(text.utf8), openEnd: openEnd))
    }

    private func literal(_ text: String) -> WildcardPattern.Piece { .literal(Array(text.utf8)) }

    @Test func aPhraseNeedsItsWholeTokens() {
        #expect(WordIndexQuery(.text(.word(Array("GPS".utf8)))) == word("gps"))
        #expect(WordIndexQuery(.text(.word(Array("a.b".utf8)))) == .none)
        #expect(WordIndexQuery(phrase("gps signal")) == .all([word("gps"), word("signal")]))
        #expect(WordIndexQuery(phrase("gps signal", openEnd: true)) == word("gps"))
        #expect(WordIndexQuery(phrase("gps signal.", openEnd: true)) == .all([word("gps"), word("signal")]))
        #expect(WordIndexQuery(phrase("10.250.10")) == .all([word("10"), word("250")]))
        #expect(WordIndexQuery(phrase("gps", openEnd: true)) == .unconstrained)
        #expect(WordIndexQuery(phrase(" - ")) == .unconstrained)
    }

    @Test func aWildcardNeedsTheTokensThatItLeavesWhole() {
        #expect(WordIndexQuery(.text(.tokenWildcard(WildcardPattern([literal("obst"), .anyRun])))) == .unconstrained)
        #expect(
            WordIndexQuery(
                .text(.textWildcard(WildcardPattern([literal("worker-main-"), .anyRun, literal("-3 end")]))))
                == .all([word("worker"), word("main"), word("3"), word("end")]))
        #expect(
            WordIndexQuery(.text(.textWildcard(WildcardPattern([.anyOne, literal("ab cd"), .anyRun]))))
                == .unconstrained)
        #expect(
            WordIndexQuery(.value(.message, .wildcard(WildcardPattern([.anyRun, literal("ing done")])))) == word("done")
        )
    }

    @Test func aRegularExpressionNeedsTheTokensThatItLeavesWhole() throws {
        func regex(_ text: String, ignoresCase: Bool = false) throws -> WordIndexQuery {
            WordIndexQuery(.text(.regex(try RegexPattern(text, ignoresCase: ignoresCase))))
        }
        #expect(try regex("GPS signal is weak") == .all([word("signal"), word("is")]))
        #expect(try regex("^GPS signal$", ignoresCase: true) == .all([word("gps"), word("signal")]))
        #expect(try regex(#"\s(GPS|galileo) signal\s"#) == word("signal"))
        #expect(try regex("^gps |^galileo ") == .any([word("gps"), word("galileo")]))
        #expect(try regex("^gps |galileo ") == .unconstrained)
        // A boundary of words is none between letters outside ASCII and others.
        #expect(try regex(#"\bGPS\b"#) == .unconstrained)
        #expect(try regex("^(GPS )?signal$") == .unconstrained)
        #expect(try regex(" a+ b* c? d{0,2} e ") == word("e"))
        #expect(
            WordIndexQuery(.value(.message, .regex(try RegexPattern("a GPS b")))) == word("gps"))
        #expect(WordIndexQuery(.value(.module, .regex(try RegexPattern("^gps$")))) == .unconstrained)
    }

    @Test func operatorsCombine() {
        let gps = Filter.text(.word(Array("gps".utf8)))
        let weak = Filter.text(.word(Array("weak".utf8)))
        let level = Filter.level(.all)
        #expect(WordIndexQuery(.all([gps, level, .not(weak)])) == word("gps"))
        #expect(WordIndexQuery(.any([gps, weak])) == .any([word("gps"), word("weak")]))
        #expect(WordIndexQuery(.any([gps, level])) == .unconstrained)
        #expect(WordIndexQuery(.any([gps, .nothing])) == word("gps"))
        #expect(WordIndexQuery(.all([gps, .nothing])) == .none)
        #expect(WordIndexQuery(.all([])) == .unconstrained && WordIndexQuery(.any([])) == .none)
        #expect(WordIndexQuery(.not(gps)) == .unconstrained && WordIndexQuery(.everything) == .unconstrained)
        #expect(WordIndexQuery(.value(.module, .equals(Array("gps".utf8), caseSensitive: true))) == .unconstrained)
        #expect(
            WordIndexQuery(.value(.message, .equals(Array("GPS weak".utf8), caseSensitive: true)))
                == .all([word("gps"), word("weak")]))
        #expect(WordIndexQuery(.value(.message, .exists)) == .unconstrained)
    }

    /// The one promise: a block with a row that passes is never left out.
    @Test func noBlockWithAMatchIsLeftOut() throws {
        var random = TextRandom(seed: 15)
        var scratch: [UInt8] = []
        var pruned = 0
        var held = 0
        for _ in 0..<10 {
            let blocks: [[[UInt8]]] = (0..<40).map { _ in
                (0..<Int.random(in: 0...2, using: &random)).map { _ in random.text(8) }
            }
            var builder = WordIndexBuilder()
            for (block, messages) in blocks.enumerated() {
                var words = WordSet()
                for message in messages { message.withUnsafeBytes { words.insertWords(of: $0, scratch: &scratch) } }
                builder.add(words, block: block)
            }
            let pages = builder.finish(blockCount: blocks.count)
            let reader = WordIndexReader(pageBits: pages.pageBits, blockCount: pages.blockCount, location: "test") {
                (number) in pages.pages[number]
            }
            for _ in 0..<10 {
                let one = random.test()
                let other = random.test()
                let pattern = random.pattern()
                let regex = random.regex()
                let cases: [(Filter, ([UInt8]) -> Bool)] = [
                    (.text(one), { NaiveText.matches(one, $0) }),
                    (.all([.text(one), .text(other)]), { NaiveText.matches(one, $0) && NaiveText.matches(other, $0) }),
                    (.any([.text(one), .text(other)]), { NaiveText.matches(one, $0) || NaiveText.matches(other, $0) }),
                    (.not(.text(one)), { !NaiveText.matches(one, $0) }),
                    (.value(.message, .wildcard(pattern)), { NaiveText.matchesWhole(pattern, $0) }),
                    (.text(.regex(try RegexPattern(regex.text))), { regex.occurs(in: $0, ignoresCase: false) }),
                    (
                        .value(.message, .regex(try RegexPattern(regex.text, ignoresCase: true))),
                        { regex.occurs(in: $0, ignoresCase: true) }
                    ),
                ]
                for (filter, matches) in cases {
                    let candidates = try WordIndexQuery(filter).blocks(in: reader)
                    #expect(candidates.count == blocks.count)
                    pruned += blocks.count - candidates.setCount
                    for (block, messages) in blocks.enumerated() where messages.contains(where: matches) {
                        held += 1
                        #expect(candidates[block], "\(filter)")
                    }
                }
            }
        }
        #expect(pruned > 300 && held > 300)
    }

    @Test func aDamagedIndexIsAnError() {
        struct Damaged: WordLookup {
            let blockCount = 3
            func blocks(mayContain hash: UInt64) throws(LogError) -> [Int] {
                throw LogError(.corruption, "the checksum does not match")
            }
        }
        #expect(throws: LogError.self) { try word("gps").blocks(in: Damaged()) }
    }
}
