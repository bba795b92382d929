import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct CursorTests {
    private let key = EntryKey(time: -5, device: 7, session: .max, sequence: 9)

    private var cursors: [Cursor] {
        [
            Cursor(
                range: .all, order: .newestFirst, queryHash: 1, position: .entry(key, remaining: nil, sequenceMax: nil)),
            Cursor(
                range: range("2025-01-03T00:00Z", nil), order: .oldestFirst, queryHash: .max,
                position: .entry(key, remaining: 0, sequenceMax: 12)),
            Cursor(range: .all, order: .newestFirst, queryHash: 3, position: .row(500, sequenceMax: 7)),
        ]
    }

    @Test func textReadsBack() throws {
        for cursor in cursors {
            let text = cursor.text
            #expect(
                text.utf8.allSatisfy {
                    Lexer.isLetter(Unicode.Scalar($0)) || Lexer.isDigit(Unicode.Scalar($0)) || $0 == 0x2d
                })
            #expect(try Cursor(text: text) == cursor)
        }
    }

    @Test func everyDamageIsSeen() {
        for cursor in cursors {
            let text = Array(cursor.text)
            for index in text.indices {
                var damaged = text
                damaged[index] = damaged[index] == "A" ? "B" : "A"
                #expect(throws: QueryErrors.self) { try Cursor(text: String(damaged)) }
                #expect(throws: QueryErrors.self) { try Cursor(text: String(text[..<index])) }
            }
        }
    }

    @Test(arguments: ["", "x", "ü", "AAAA", "AAAAAAAA", " ", "a b"]) func anyOtherTextIsNone(text: String) {
        do throws(QueryErrors) {
            _ = try Cursor(text: text)
            Issue.record("Accepted.")
        } catch {
            #expect(error.diagnostics.map(\.code) == ["invalid_cursor"])
        }
    }
}
