import LogModel
import Testing

@testable import LogDB

struct TemplateVerdictTests {
    private let messages = [
        "Received block blk_12 of size 67108864", "Received blocks 12", "GPS signal weak (3 sats)",
        "connect to 10.0.0.1:80", "worker7 obstructed", "obstacle worker0 at 00", "id dead-beef",
        "id deadbeef-dead-beef-dead-beefdeadbee0", "flag 0 and 10", "Ünïcode 5 straße 7", "K9 \u{212a}elvin 3", "",
    ]

    /// What the templates say is what the messages' texts say.
    @Test(arguments: [
        TextTest.word(Array("received".utf8)), .word(Array("block".utf8)), .word(Array("12".utf8)),
        .word(Array("blk_12".utf8)), .word(Array("dead".utf8)), .word(Array("0".utf8)), .word(Array("10".utf8)),
        .word(Array("worker7".utf8)), .word(Array("worker".utf8)), .word(Array("kelvin".utf8)),
        .phrase(Array("received block".utf8), openEnd: false), .phrase(Array("received block".utf8), openEnd: true),
        .phrase(Array("block blk".utf8), openEnd: true), .phrase(Array("10.0.0.1".utf8), openEnd: false),
        .phrase(Array("(3 sats".utf8), openEnd: false), .phrase(Array("of size 6".utf8), openEnd: true),
        .phrase(Array("strasse".utf8), openEnd: false), .phrase(Array("dead-beef".utf8), openEnd: false),
        .phrase([], openEnd: false),
        .tokenWildcard(WildcardPattern([.literal(Array("obst".utf8)), .anyRun])),
        .tokenWildcard(WildcardPattern([.literal(Array("worker".utf8)), .anyOne])),
        .tokenWildcard(WildcardPattern([.anyRun, .literal(Array("7".utf8)), .anyRun])),
        .textWildcard(WildcardPattern([.literal(Array("size".utf8)), .anyRun, .literal(Array("8864".utf8))])),
    ])
    func templatesAndTextsAgree(_ test: TextTest) throws {
        let sample = BlockSample(Rows.sample(messages.map { RawEntry(message: Array($0.utf8)) }))
        let group = sample.open()
        let filter = MessageFilter(.text(TextMatcher(test)))
        var scratch = MatchScratch()
        let found = try filter.evaluate(group, Bitmap(count: messages.count, all: true), scratch: &scratch)
        let matcher = TextMatcher(test)
        for (row, message) in messages.enumerated() {
            let expected = Array(message.utf8).withUnsafeBytes { matcher.matches($0, scratch: &scratch) }
            #expect(found[row] == expected, "\(message)")
        }
    }

    /// Without it a frequent word would have every message written out.
    @Test func wordsWithoutDigitsAreDecidedByTheTemplates() throws {
        let sample = BlockSample(Rows.sample(messages.map { RawEntry(message: Array($0.utf8)) }))
        let templates = try MemoryColumnSource(columns: [:], storedTemplates: sample.templates).templates()
        var scratch = MatchScratch()
        let verdicts = TextMatcher(.word(Array("received".utf8))).verdicts(templates, scratch: &scratch)
        let opaqueCount = templates.layouts.count { $0.isOpaque }
        #expect(verdicts.count { $0 == .some } == opaqueCount)
        #expect(verdicts.count { $0 == .all } == 2)
    }
}
