import Testing

@testable import Query

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

    /// What is printed and read back has every construct among it.
    @Test func everyConstructIsDrawn() {
        var generator = SyntaxGenerator(seed: 1)
        var drawn: Set<String> = []
        func note(_ construct: Any) {
            drawn.insert(Mirror(reflecting: construct).children.first?.label ?? "\(construct)")
        }
        func walk(_ filter: FilterSyntax) {
            note(filter)
            switch filter {
            case .and(let parts), .or(let parts): parts.forEach(walk)
            case .not(let part): walk(part)
            case .field(_, let value): note(value)
            case .everything, .missing, .text, .regex: break
            }
        }
        for _ in 0..<2_000 {
            let query = generator.query()
            walk(query.filter)
            for clause in query.timeClauses { note(clause.kind) }
            for pipe in query.pipes {
                note(pipe.kind)
                guard case .stats(let aggregates, let groups) = pipe.kind else { continue }
                for aggregate in aggregates { drawn.insert(aggregate.function.rawValue + "()") }
                for group in groups { note(group) }
            }
        }
        let filters = [
            "everything", "and", "or", "not", "field", "missing", "text", "regex", "exists", "compare", "range", "set",
        ]
        let times = ["since", "until", "between", "on", "around", "zone"]
        let pipes = [
            "stats", "where", "sort", "limit", "tail", "fields", "drop", "rename", "top", "rare", "uniq", "dedup",
            "extract",
            "extractRegex", "context", "timechart", "patterns", "fieldNames", "fieldValues", "explain", "bin",
        ]
        let functions = AggregateFunction.allCases.map { $0.rawValue + "()" }
        #expect(drawn.isSuperset(of: filters + times + pipes + functions), "\(drawn)")
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
