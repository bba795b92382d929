import Foundation
import LogDB
import LogModel
import Testing

@testable import Query

/// Whatever is written: it is read and printed back the same, or refused with a place within the text.
@Suite struct ParserFuzzTests {
    /// `LOGDB_TEST_LONG` asks for 10 million inputs.
    private static let partCount = 8
    private static let inputCount =
        (ProcessInfo.processInfo.environment["LOGDB_TEST_LONG"] != nil ? 10_000_000 : 20_000) / partCount

    @Test(arguments: 0..<partCount) func everyTextIsReadOrRefused(part: Int) {
        var random = SeededGenerator(state: UInt64(part) &* 7_919 &+ 3)
        var readCount = 0
        for _ in 0..<Self.inputCount {
            let text = FuzzText.make(&random)
            do throws(QueryErrors) {
                let query = try QuerySyntax(parsing: text)
                readCount += 1
                let printed = query.text
                let again = try QuerySyntax(parsing: printed)
                #expect(again == query, "\(text) → \(printed)")
                if readCount % 4 == 0 { Self.check(text) }
            } catch {
                Self.check(error, text)
            }
        }
        #expect(readCount > Self.inputCount / 100)
    }

    private static func check(_ text: String) {
        do throws(QueryErrors) {
            _ = try LogQuery(text, context: QueryContext(now: Timestamp(microseconds: 1_736_935_200_000_000)))
        } catch {
            check(error, text)
        }
    }

    private static func check(_ errors: QueryErrors, _ text: String) {
        let count = text.unicodeScalars.count
        for error in errors.diagnostics {
            #expect(!error.message.isEmpty)
            #expect(error.offset >= 0 && error.length >= 0 && error.offset + error.length <= count, "\(text): \(error)")
        }
        #expect(!errors.diagnostics.isEmpty)
    }
}
