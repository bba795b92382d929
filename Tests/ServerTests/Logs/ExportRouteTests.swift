import LogModel
import Testing

@testable import Server

@Suite struct ExportRouteTests {
    private func export(
        _ server: RunningServer, _ query: String, _ parameters: KeyValuePairs<String, String>
    ) async throws -> Answer {
        try await server.get("/api/v1/logs/export", query, parameters)
    }

    @Test func everyFormatHoldsEveryRow() async throws {
        let server = try await RunningServer()
        try await server.store((0..<3_000).map { entry("m\($0)", at: Double($0)) })
        let expected = (0..<3_000).map { "m\($0)" }
        // Without a time, all of it is meant.
        let lines = try await export(server, "", ["format": "ndjson", "order": "asc"])
        #expect(lines.lines.map { $0["message"]?.text } == expected)
        #expect(lines["Content-Type"] == "application/x-ndjson")
        let json = try await export(server, "", ["format": "json"])
        #expect(json.json.array.map { $0["message"]?.text } == expected.reversed())
        #expect(json["Content-Type"] == "application/json")
        let csv = try await export(server, "", ["format": "csv", "order": "asc"])
        #expect(csv["Content-Type"]?.hasPrefix("text/csv") == true)
        let rows = csv.text.split(separator: "\r\n")
        #expect(rows[0] == "id,time,received,device,session,level,module,logger,process,thread,message,context")
        #expect(rows.count == 3_001)
        #expect(rows[1].contains(",2025-01-03T14:00:00.000000Z,"))
        #expect(rows[1].hasSuffix(",Robot-1,s1,INFO,nav,main,7,1,m0,{}"))
        for (answer, ending) in [(lines, "ndjson"), (json, "json"), (csv, "csv")] {
            let disposition = try #require(answer["Content-Disposition"])
            #expect(disposition.hasPrefix("attachment; filename=\"logdb-"))
            #expect(disposition.hasSuffix(".\(ending)\""))
        }
    }

    @Test func nothingFoundIsStillAFile() async throws {
        let server = try await RunningServer()
        #expect(try await export(server, "x", ["format": "json"]).json == .array([]))
        #expect(try await export(server, "x", ["format": "ndjson"]).text == "")
        #expect(try await export(server, "x", ["format": "csv"]).text.hasPrefix("id,time"))
        #expect(try await export(server, "x", ["format": "csv"]).text.split(separator: "\r\n").count == 1)
    }

    @Test func cellsAreQuotedAndHarmless() async throws {
        let server = try await RunningServer()
        try await server.store([
            entry("=1+1", at: 0), entry("say \"hi\",\nthen go", at: 1, context: [.init("k", "v")]),
        ])
        let csv = try await export(
            server, "since:2025-01-03 | fields message, k, time", ["format": "csv", "order": "asc"])
        #expect(
            csv.text == "message,k,time\r\n'=1+1,,2025-01-03T14:00:00.000000Z\r\n"
                + "\"say \"\"hi\"\",\nthen go\",v,2025-01-03T14:00:01.000000Z\r\n")
    }

    /// What a spreadsheet would run begins with an apostrophe, in every column that holds what somebody sent.
    @Test(arguments: ["=", "+", "-", "@", "\t", "\r"])
    func formulasAreText(_ start: String) async throws {
        let server = try await RunningServer()
        let text = start + "cmd|' /C calc'!A0"
        var entry = entry(text, device: text, session: text, module: text, context: [.init("k", text)])
        entry.logger = text
        entry.process = text
        entry.thread = text
        try await server.store([entry])
        let fields = ["device", "session", "module", "logger", "process", "thread", "message", "k"]
        let some = try await export(server, "| fields \(fields.joined(separator: ", "))", ["format": "csv"])
        let whole = try await export(server, "", ["format": "csv"])
        let table = try await export(server, "| stats count() by message, k", ["format": "csv"])
        for (answer, count) in [(some, 8), (whole, 7), (table, 2)] {
            let row = answer.text.split(separator: "\r\n", maxSplits: 1)[1]
            let cell = start == "\r" ? "\"'\(text)\"" : "'" + text
            #expect(row.ranges(of: cell).count == count, "\(answer.text)")
            #expect(
                !row.hasPrefix(start) && row.ranges(of: "," + start).isEmpty && row.ranges(of: ",\"" + start).isEmpty)
        }
    }

    @Test func tablesAreExportedToo() async throws {
        let server = try await RunningServer()
        try await server.store([entry("a"), entry("b", .warn), entry("c", .warn)])
        let query = "since:2025-01-03 | stats count() as n by level | sort n"
        #expect(try await export(server, query, ["format": "csv"]).text == "level,n\r\nINFO,1\r\nWARN,2\r\n")
        #expect(
            try await export(server, query, ["format": "json"]).json
                == .array([
                    .object(["level": .text("INFO"), "n": .number(1)]),
                    .object(["level": .text("WARN"), "n": .number(2)]),
                ]))
        #expect(try await export(server, query, ["format": "ndjson"]).lines.count == 2)
    }

    @Test func mistakesAreExplained() async throws {
        let server = try await RunningServer()
        #expect(try await export(server, "", ["format": "xml"]).problem == "invalid_parameter")
        #expect(try await export(server, "", ["order": "random"]).problem == "invalid_parameter")
        #expect(try await export(server, "\"open", [:]).status == 400)
        #expect(try await export(server, "", ["limit": "5"]).problem == "unknown_parameter")
    }
}
