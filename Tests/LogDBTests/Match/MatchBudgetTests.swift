import LogModel
import Testing

@testable import LogDB

@Suite struct MatchBudgetTests {
    private static let past = ContinuousClock.now - .seconds(1)

    /// A group of messages, as long as a test of it may take.
    private final class Messages: RowGroup {
        private let decoded: DecodedStrings

        init(_ message: String, count: Int) {
            var column = ByteColumn()
            for _ in 0..<count { Array(message.utf8).withUnsafeBytes { column.append($0) } }
            decoded = DecodedStrings(column)
            super.init(rowCount: count, timeMin: 0, timeMax: 0)
        }

        override func messages() -> BytesView { decoded.view }
    }

    private final class NoNames: StreamNames {
        func deviceName(_: UInt32) -> [UInt8] { [] }
        func sessionName(_: UInt64) -> [UInt8] { [] }
        func joined(_: JoinedAttribute, device: UInt32, session: UInt64) -> [UInt8]? { nil }
    }

    private func code(_ filter: Filter, _ group: RowGroup, _ budget: MatchBudget?) -> LogError.Code? {
        do throws(LogError) {
            let filter = RowFilter(filter, names: NoNames(), budget: budget)
            _ = try filter.evaluate(group, Bitmap(count: group.rowCount, all: true))
            return nil
        } catch { return error.code }
    }

    @Test func anExpressionEndsWithinAGroup() throws {
        let regex = try RegexPattern("(.{0,20}a){20}c")
        let cancelled = CancellationFlag()
        cancelled.cancel()
        for message in [String(repeating: "ab", count: 50), String(repeating: "äb", count: 50)] {
            let group = Messages(message, count: 500)
            for filter in [Filter.text(.regex(regex)), .value(.message, .regex(regex)), .not(.text(.regex(regex)))] {
                #expect(code(filter, group, MatchBudget(cancelled, deadline: nil)) == .cancelled)
                #expect(code(filter, group, MatchBudget(CancellationFlag(), deadline: Self.past)) == .timeBudget)
                #expect(code(filter, group, MatchBudget(CancellationFlag(), deadline: nil)) == nil)
                #expect(code(filter, group, nil) == nil)
            }
            // What is fast is not asked, and few bytes are not.
            let word = Filter.text(.word(Array("ab".utf8)))
            #expect(code(word, group, MatchBudget(cancelled, deadline: nil)) == nil)
            #expect(
                code(.text(.regex(regex)), Messages(message, count: 5), MatchBudget(cancelled, deadline: nil)) == nil)
        }
    }

    @Test func nothingIsMatchedAfterTheEnd() throws {
        let cancellation = CancellationFlag()
        var budget = MatchBudget(cancellation, deadline: nil)
        let before = [1 << 20, 1 << 20].map { budget.allows($0) }
        #expect(before == [true, true] && budget.failure == nil)
        cancellation.cancel()
        // The first bytes after a look are not looked at.
        let after = [100, 1 << 20, 0].map { budget.allows($0) }
        #expect(after == [true, false, false] && budget.failure?.code == .cancelled)
        var scratch = MatchScratch(budget: budget)
        let matcher = RegexMatcher(try RegexPattern("a"))
        #expect(Array("a".utf8).withUnsafeBytes { !matcher.occurs(in: $0, scratch: &scratch) })
    }
}
