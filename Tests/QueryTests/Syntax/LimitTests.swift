import Query
import Testing

/// Texts that would take too much: each is refused with the bound's name, quickly and without a crash.
@Suite struct LimitTests {
    private let many = 10_000

    @Test func nestedParentheses() {
        #expect(diagnostic(String(repeating: "(", count: many))?.code == "query_too_deep")
        #expect(diagnostic("x:" + String(repeating: "(", count: many))?.code == "query_too_deep")
        #expect(diagnostic("a | where " + String(repeating: "(", count: many))?.code == "query_too_deep")
        #expect(diagnostic("| stats count() if " + String(repeating: "(", count: many))?.code == "query_too_deep")
    }

    @Test func nestedNegations() {
        #expect(diagnostic(String(repeating: "NOT ", count: many) + "a")?.code == "query_too_deep")
        #expect(diagnostic("x:(" + String(repeating: "NOT ", count: many) + "a)")?.code == "query_too_deep")
        #expect(diagnostic(String(repeating: "-(", count: many))?.code == "query_too_deep")
    }

    @Test func theDeepestThatIsAllowed() throws {
        let open = String(repeating: "(", count: QueryLimits.depthMax)
        let close = String(repeating: ")", count: QueryLimits.depthMax)
        #expect(try filter(open + "a" + close) == word("a"))
    }

    @Test func depthIsNotUsedUpByNeighbours() throws {
        let text = String(repeating: "(a) NOT b ", count: 500)
        guard case .and(let operands) = try filter(text) else {
            Issue.record("No conjunction.")
            return
        }
        #expect(operands.count == 1_000)
    }

    @Test func length() {
        let error = diagnostic(String(repeating: "a", count: QueryLimits.byteCountMax + 7))
        #expect(error?.code == "query_too_long")
        #expect(error?.offset == QueryLimits.byteCountMax)
        #expect(error?.length == 7)
        #expect(diagnostic(String(repeating: "a", count: QueryLimits.byteCountMax)) == nil)
    }

    @Test func alternatives() {
        let members = (0..<QueryLimits.alternativeCountMax).map(String.init)
        #expect(diagnostic(members.joined(separator: " OR ")) == nil)
        #expect(diagnostic(members.joined(separator: " OR ") + " OR x")?.code == "too_many_alternatives")
        #expect(diagnostic("x:in(" + members.joined(separator: ",") + ",x)")?.code == "too_many_alternatives")
        #expect(diagnostic("x:(" + members.joined(separator: " OR ") + " OR x)")?.code == "too_many_alternatives")
        #expect(diagnostic("x:IN [" + members.joined(separator: " ") + " x]")?.code == "too_many_alternatives")
    }

    @Test func regexSize() {
        let longest = String(repeating: "a", count: QueryLimits.regexByteCountMax)
        #expect(diagnostic("/\(longest)/") == nil)
        let error = diagnostic("b /\(longest)a/")
        #expect(error?.code == "regex_too_long")
        #expect(error?.offset == 2)
        #expect(error?.length == QueryLimits.regexByteCountMax + 3)
        #expect(diagnostic("| extract_regex \"\(longest)a\"")?.code == "regex_too_long")
    }

    @Test func pipes() {
        let text = String(repeating: "| limit 5 ", count: QueryLimits.pipeCountMax)
        #expect(diagnostic(text) == nil)
        let error = diagnostic(text + "| limit 5")
        #expect(error?.code == "too_many_pipes")
        #expect(error?.offset == text.utf8.count)
        #expect(error?.length == 1)
    }

    @Test(arguments: ["\"", "/", "x:[", "x:in(", "|", "\\", "..", "x:", "-", "!", "@", "since:", "🦊", "\0"])
    func repeatedPieces(piece: String) {
        // Whatever the answer is, there is one.
        let text = String(repeating: piece, count: many)
        if let error = diagnostic(text) {
            #expect(error.offset + error.length <= text.unicodeScalars.count)
            #expect(!error.message.isEmpty)
        }
    }
}
