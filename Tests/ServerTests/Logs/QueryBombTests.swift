import Testing

@testable import Server

/// Queries that would take for ever or all memory elsewhere, over HTTP: answered or refused, and others go on.
struct QueryBombTests {
    @Test func eachIsAnsweredOrRefusedWithinLimits() async throws {
        var limits = ServerLimits()
        limits.queryTimeMax = .seconds(5)
        limits.queryByteCountMax = 8 << 20
        let server = try await RunningServer(limits: limits)
        try await server.store(
            (0..<2_000).map { entry(String(repeating: "a", count: 300) + " x\($0)", at: Double($0)) })
        let many = 1_000
        let bombs = [
            "/(a*)*b/", "/(a+)+$/ /(a|aa)+$/", "/(.*a){\(many)}/", "/a{1000}{1000}/",
            "/(?i)" + String(repeating: ".*", count: many) + "z/",
            String(repeating: "(", count: many) + "a" + String(repeating: ")", count: many),
            String(repeating: "NOT ", count: many) + "a", (0..<many).map { "*w\($0)*" }.joined(separator: " OR "),
            "(" + (0..<many).map { "a\($0) (b\($0) OR NOT c\($0))" }.joined(separator: ") OR (") + ")",
            "| stats count_uniq(message, id), quantile(0.5, x) by id, time, message", "| timechart 1us count()",
            "| context 5000 | context 5000 | context 5000", "| sort message, id | tail 1000000",
        ]
        var answeredCount = 0
        for bomb in bombs {
            let text = "since:1970-01-01 " + bomb
            let json = #"{"query":"\#(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))"}"#
            let answer = try await server.send(
                "POST", "/api/v1/logs", headers: ["Content-Type": "application/json"], body: Array(json.utf8))
            #expect(
                [200, 400, 422].contains(answer.status),
                "\(bomb.prefix(60)): \(answer.status) \(answer.text.prefix(200))")
            if answer.status == 200 { answeredCount += 1 } else { #expect(answer.problem != nil, "\(bomb.prefix(60))") }
        }
        #expect(answeredCount > 0)
        #expect(try await server.search("since:1970-01-01 x7", ["limit": "1"]).json["rows"]?.array.count == 1)
        #expect(try await server.metric("logdb_queries_running") == 0)
    }
}
