import LogDB
import LogModel
import Testing

@testable import Query

/// Queries that would take for ever or all memory elsewhere: each is answered or refused, in bounded time.
@Suite struct BombTests {
    static var bombs: [String] {
        var bombs: [String] = []
        for count in [10, 25, 50, 200, 1_000] {
            bombs += [
                "/(a*)*{\(count)}b/", "/(a+)+$/ /(a|aa)+$/", "/(.*a){\(count)}/", "/a{\(count)}{\(count)}/",
                "/(x+x+)+y/",
                "/^(([a-z])+.)+[A-Z]([a-z])+$/",
                "/\(String(repeating: "a?", count: count))\(String(repeating: "a", count: count))/",
                "/(\(String(repeating: "a|", count: count))a)*$/",
                "/\(String(repeating: "(", count: count))a\(String(repeating: ")", count: count))/",
                "/[\\pL\\pN]{\(count)}/", "/(?i)\(String(repeating: ".*", count: count))z/",
                String(repeating: "(", count: count) + "a" + String(repeating: ")", count: count),
                String(repeating: "NOT ", count: count) + "a",
                String(repeating: "-(", count: count) + "a" + String(repeating: ")", count: count),
                (0..<count).map { "w\($0)" }.joined(separator: " OR "),
                (0..<count).map { "*w\($0)*" }.joined(separator: " OR "),
                "x:in(" + (0..<count).map(String.init).joined(separator: ",") + ")",
                "x:" + String(repeating: "(", count: count) + "1" + String(repeating: ")", count: count),
                String(repeating: "*a", count: count) + "*",
                String(repeating: "?", count: count) + "*" + String(repeating: "?", count: count),
                "(" + (0..<count).map { "a\($0) AND (b\($0) OR NOT c\($0))" }.joined(separator: ") OR (") + ")",
                "| where " + String(repeating: "(", count: count) + "a" + String(repeating: ")", count: count),
                "| extract_regex /(?<n>(a*)*)(?<m>(a|aa)+)$/",
                "| extract \"" + (0..<count).map { "<n\($0)> " }.joined() + "\"",
                "| " + Array(repeating: "where /(a|aa)+$/", count: count).joined(separator: " | "),
                "| " + Array(repeating: "stats count() as n by message", count: count).joined(separator: " | "),
                "| stats " + (0..<count).map { "count() if (/(a+)+b/) as n\($0)" }.joined(separator: ", "),
                "| limit 9 | where " + (0..<count).map { "/a{\($0)}b/" }.joined(separator: " OR "),
                "| sort " + (0..<count).map { "f\($0)" }.joined(separator: ", "),
                "| context \(count) | context \(count) | context \(count)",
                "| timechart 1us count()",
                "| stats count_uniq(message, id, time), quantile(0.5, x) by id, time, message",
                "\"" + String(repeating: "a\\", count: count),
                "| rename a as b" + String(repeating: " | rename a as b", count: count),
                String(repeating: "a ", count: count) + "|", "[" + String(repeating: "a TO ", count: count),
                "level:" + String(repeating: "(ERROR OR ", count: count) + "WARN"
                    + String(repeating: ")", count: count),
                "/(?:\(String(repeating: "(?:", count: count))a*\(String(repeating: ")*", count: count)))*$/",
                "| tail \(Int.max)", "| limit \(Int.max) | sort message",
            ]
        }
        // More states than are kept: of a large expression, each byte costs microseconds.
        bombs.append("/" + Array(repeating: "a{1,300}b", count: 8).joined(separator: "|") + "/")
        bombs.append("| extract_regex /(?<n>(a?){300})(?<m>(a|aa|aaa){300})$/")
        return bombs
    }

    @Test func eachIsAnsweredOrRefused() async throws {
        let bombs = Self.bombs
        #expect(bombs.count >= 195)
        let entries = (0..<300).map { entry($0, String(repeating: "a", count: 400) + " x\($0) aab") }
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            var answeredCount = 0
            for bomb in bombs {
                var context = context(memory: 8 << 20)
                context.deadline = .now + .seconds(2)
                do {
                    _ = try await messagesOrRows(bomb, context, on: store)
                    answeredCount += 1
                } catch is QueryErrors {
                } catch let error as LogError {
                    #expect([.timeBudget, .memoryBudget].contains(error.code), "\(bomb.prefix(60)): \(error)")
                }
            }
            #expect(answeredCount > 20)
        }
    }
}
