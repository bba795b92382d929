import LogModel
import Testing

@testable import Server

@Suite struct RetentionRouteTests {
    private func put(_ server: RunningServer, _ body: String, _ query: String = "") async throws -> Answer {
        try await server.send(
            "PUT", "/api/v1/admin/retention" + query, headers: ["Content-Type": "application/json"],
            body: Array(body.utf8))
    }

    @Test func aPolicyIsShownTriedAndSet() async throws {
        let server = try await RunningServer()
        try await server.store((0..<10).map { entry("m\($0)", at: Double($0)) })
        let before = try await server.get("/api/v1/admin/retention").json
        #expect(before["cold_after"]?.text == "1w" || before["cold_after"]?.text == "7d")
        #expect(before["rules"]?.array.isEmpty == true)
        let policy = #"{"cold_after":"30d","rules":[{"levels":["INFO","DEBUG"],"delete_after":"10d"}]}"#
        let tried = try await put(server, policy, "?dry_run=true")
        #expect(tried.status == 200)
        let row = try #require(tried.json["rows"]?[0])
        #expect(row["rule"]?.text == "rule 1" && row["action"]?.text == "delete" && row["entries"]?.int == 10)
        #expect(try await server.get("/api/v1/admin/retention").json["rules"]?.array.isEmpty == true)
        #expect(try await put(server, policy).status == 200)
        let after = try await server.get("/api/v1/admin/retention").json
        #expect(after["cold_after"]?.text == "30d")
        #expect(after["rules"]?[0]?["levels"]?.array.compactMap(\.text) == ["DEBUG", "INFO"])
        #expect(after["rules"]?[0]?["delete_after"]?.text == "10d")
        let audit = try await server.get("/api/v1/admin/audit").json
        #expect(audit["entries"]?[0]?["action"]?.text == "retention.set")
    }

    @Test(arguments: [
        "[]", #"{"delete_after":"soon"}"#, #"{"delete_after":"5s"}"#, #"{"rules":[{}]}"#,
        #"{"rules":[{"level":"INFO"}]}"#,
        #"{"rules":[{"levels":["LOUD"]}]}"#, #"{"bytes_max":-1}"#, #"{"colour":"red"}"#, "nothing",
    ])
    func othersAreRefused(_ body: String) async throws {
        let server = try await RunningServer()
        #expect(try await put(server, body).status == 400)
    }
}
