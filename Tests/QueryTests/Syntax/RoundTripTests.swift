import Query
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: 0..<20 as Range<UInt64>) func printedTreesReadBack(seed: UInt64) throws {
        var generator = SyntaxGenerator(seed: seed)
        for _ in 0..<250 {
            let tree = generator.query()
            let text = tree.text
            let read = try QuerySyntax(parsing: text)
            #expect(read == tree, "seed \(seed): \(text)")
            #expect(read.text == text, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func anyTextHasAnAnswer(seed: UInt64) {
        var generator = SyntaxGenerator(seed: seed)
        for _ in 0..<500 {
            let text = generator.many(0...12) { $0.string() }.joined()
            do {
                let tree = try QuerySyntax(parsing: text)
                #expect((try? QuerySyntax(parsing: tree.text)) == tree, "\(text.debugDescription)")
            } catch {
                let diagnostic = error.diagnostics[0]
                #expect(diagnostic.offset >= 0 && diagnostic.length >= 0)
                #expect(diagnostic.offset + diagnostic.length <= text.unicodeScalars.count, "\(text.debugDescription)")
            }
        }
    }
}
