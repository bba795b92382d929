import LogDB
import LogModel
import Testing

@testable import Server

@Suite struct DeletionRouteTests {
    private func delete(
        _ query: String, _ parameters: String = "", of server: RunningServer, _ credential: Credential = .none
    ) async throws -> Answer {
        try await server.send(
            "DELETE", "/api/v1/logs?query=\(escaped(query))\(parameters)", headers: credential.headers)
    }

    /// Waits for the end of the job that an answer names.
    private func job(of answer: Answer, _ server: RunningServer) async throws -> JSONValue {
        let id = try #require(answer.json["job_id"]?.text)
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let job = try await server.get("/api/v1/admin/jobs/\(id)").json
            if job["state"]?.text != "running" { return job }
            await Task.yield()
        }
        throw Stuck("the job does not end")
    }

    @Test func whatIsDeletedIsGoneWhenTheAnswerComes() async throws {
        let server = try await RunningServer()
        try await server.store((0..<30).map { entry($0 % 3 == 0 ? "secret \($0)" : "other \($0)", at: Double($0)) })
        let dry = try await delete("secret", "&dry_run=true", of: server)
        #expect(dry.status == 200)
        #expect(dry.json["entries"]?.int == 10)
        #expect(try await server.messages("secret since:1970-01-01").count == 10)

        let answer = try await delete("secret", of: server)
        #expect(answer.status == 202)
        #expect(answer.json["entries"]?.int == 10)
        #expect(answer.json["deletion_id"]?.int == 1)
        #expect(try await server.messages("secret since:1970-01-01") == [])
        #expect(try await server.messages().count == 20)
        let job = try await job(of: answer, server)
        #expect(job["state"]?.text == "done")
        #expect(job["kind"]?.text == "delete")
        let listed = try #require(try await server.get("/api/v1/admin/deletions").json["deletions"]?[0])
        #expect(listed["query"]?.text == "secret")
        #expect(listed["entries"]?.int == 10)
        #expect(listed["purged_entries"]?.int == 10)
        #expect(listed["purged"]?.text != nil)
        #expect(try await server.get("/api/v1/admin/storage").json["tiers"]?["hot"]?["entries"]?.int == 20)
    }

    @Test func eachDeletionHasAJobOfItsOwn() async throws {
        let server = try await RunningServer()
        try await server.store((0..<500).map { entry("word\($0 % 5) \($0)", at: Double($0)) })
        var answers: [Answer] = []
        for word in 0..<4 { answers.append(try await delete("word\(word)", of: server)) }
        #expect(Set(answers.compactMap { $0.json["job_id"]?.text }).count == 4)
        for answer in answers { #expect(try await job(of: answer, server)["state"]?.text == "done") }
        #expect(try await server.messages().count == 100)
        let deletions = try await server.get("/api/v1/admin/deletions").json["deletions"]?.array ?? []
        #expect(deletions.compactMap { $0["purged_entries"]?.int } == [100, 100, 100, 100])
    }

    @Test func filtersAndTimesCount() async throws {
        let server = try await RunningServer()
        try await server.store((0..<20).map { entry("m\($0)", at: Double($0)) })
        let answer = try await delete("*", "&until=\(escaped(at(5).description))", of: server)
        #expect(answer.json["entries"]?.int == 5)
        #expect(try await delete("*", "&module=absent", of: server).json["entries"]?.int == 0)
        #expect(try await server.messages().count == 15)
    }

    @Test(arguments: [
        ("", "missing_parameter"), ("%2A%20%7C%20limit%203", "pipes_in_deletion"), ("level%3ABOGUS", nil),
        ("x&dry_run=maybe", nil), ("x&limit=3", nil),
    ])
    func whatIsNoDeletionIsRefused(_ text: String, _ code: String?) async throws {
        let server = try await RunningServer()
        try await server.store([entry("x", at: 1)])
        let answer = try await server.send("DELETE", "/api/v1/logs?query=\(text)")
        #expect(answer.status == 400, "\(text)")
        if let code { #expect(answer.problem == code) } else { #expect(answer.problem != nil, "\(text)") }
        #expect(try await server.messages().count == 1)
        #expect(try await server.get("/api/v1/admin/deletions").json["deletions"]?.array.isEmpty == true)
    }

    @Test func aServerThatIsStartedAgainGoesOn() async throws {
        let directory = try ScratchDirectory()
        let store = try await LogStore.open(at: directory.path)
        _ = try await store.append(Batch((0..<10).map { entry("secret \($0)", at: Double($0)) }))
        _ = try await store.delete(.everything, query: "*", author: "somebody")
        await store.close()
        let server = try await RunningServer(in: directory)
        #expect(try await server.messages() == [])
        let deadline = ContinuousClock.now + .seconds(300)
        while try await server.get("/api/v1/admin/deletions").json["deletions"]?[0]?["purged"]?.text == nil {
            guard ContinuousClock.now < deadline else { throw Stuck("the deletion does not end") }
            await Task.yield()
        }
        #expect(try await server.get("/api/v1/admin/jobs").json["jobs"]?[0]?["kind"]?.text == "delete")
    }

    @Test func anAdministratorDeletesWhatTheAccountMaySee() async throws {
        let place = try await GuardedServer()
        let server = place.server
        let (own, stranger) = (try await place.user(.admin), try await place.user(.admin, "stranger", account: "other"))
        let body = #"{"level":"INFO","device":"ROB-1","message":"ours","time":"2025-01-03T00:00:00Z"}"#
        let sent = try await server.send(
            "POST", "/api/v1/logs/ingest",
            headers: own.headers.merging(["Content-Type": "application/x-ndjson"]) { $1 }, body: Array(body.utf8))
        try #require(sent.json["accepted"]?.int == 1, "\(sent.text)")
        #expect(try await delete("*", of: server, stranger).json["entries"]?.int == 0)
        let found = try await server.send(
            "GET", "/api/v1/logs?query=\(escaped("since:1970-01-01"))", headers: own.headers)
        #expect(found.json["rows"]?.array.count == 1)
        #expect(try await delete("*", of: server, own).json["entries"]?.int == 1)
        let audit = try await server.send("GET", "/api/v1/admin/audit?limit=5", headers: own.headers)
        #expect(audit.text.contains("logs.delete"))
        #expect(audit.text.contains("1 entries: *"))
    }
}
