import LogDB
import LogModel

@testable import Query

/// Bytes as the text of a query: read and printed back the same, or refused with a place within it.
enum QueryInput {
    private static let context = QueryContext(now: Timestamp(microseconds: 1_736_935_200_000_000))

    static func read(_ bytes: UnsafeRawBufferPointer) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(QueryErrors) {
            let query = try QuerySyntax(parsing: text)
            do throws(QueryErrors) {
                let again = try QuerySyntax(parsing: query.text)
                precondition(again == query, "\(text) is printed as \(query.text)")
            } catch {
                preconditionFailure("\(text) is printed as \(query.text), which is refused: \(error)")
            }
            _ = try LogQuery(text, context: context)
        } catch {
            let count = text.unicodeScalars.count
            precondition(!error.diagnostics.isEmpty)
            for fault in error.diagnostics {
                precondition(fault.offset >= 0 && fault.length >= 0 && fault.offset + fault.length <= count)
            }
        }
    }
}
