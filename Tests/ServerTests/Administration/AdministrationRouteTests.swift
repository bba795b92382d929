import LogModel
import Testing

@testable import Server

@Suite struct AdministrationRouteTests {
    @Test func compactingIsAJob() async throws {
        let server = try await RunningServer()
        try await server.store((0..<1_000).map { entry("m\($0)", at: Double($0)) })
        #expect(try await server.get("/api/v1/admin/storage").json["head"]?["entries"]?.int == 1_000)
        let answer = try await server.send("POST", "/api/v1/admin/compact")
        #expect(answer.status == 202)
        let id = try #require(answer.json["job_id"]?.text)
        let deadline = ContinuousClock.now + .seconds(300)
        var job = try await server.get("/api/v1/admin/jobs/\(id)").json
        while job["state"]?.text == "running", ContinuousClock.now < deadline {
            await Task.yield()
            job = try await server.get("/api/v1/admin/jobs/\(id)").json
        }
        #expect(job["state"]?.text == "done")
        #expect(job["progress"]?.int == 1)
        #expect(job["kind"]?.text == "compact")
        #expect(job["finished"]?.text != nil)
        #expect(try await server.get("/api/v1/admin/jobs").json["jobs"]?[0]?["job_id"]?.text == id)
        #expect(try await server.get("/api/v1/admin/jobs/none").problem == "unknown_job")

        let storage = try await server.get("/api/v1/admin/storage").json
        let hot = try #require(storage["tiers"]?["hot"])
        #expect(hot["entries"]?.int == 1_000)
        #expect((hot["blocks"]?.int ?? 0) > 0)
        #expect((hot["bytes"]?.int ?? 0) > 0)
        #expect((hot["raw_bytes"]?.int ?? 0) > 0)
        #expect(storage["tiers"]?["cold"]?["bytes"]?.int == 0)
        #expect(storage["head"]?["entries"]?.int == 0)
        #expect(storage["columns"]?.array.contains { $0["name"]?.text == "message" } == true)
        #expect(storage["rocksdb"]?.object.isEmpty == false)
        #expect(try await server.search("since:2025-01-03").json["rows"]?.array.count == 100)
    }

    @Test func verifyingSaysWhatItFound() async throws {
        let server = try await RunningServer()
        try await server.store((0..<50).map { entry("m\($0)", at: Double($0)) })
        let answer = try await server.send(
            "POST", "/api/v1/admin/verify", headers: ["Content-Type": "application/json"],
            body: Array(#"{"repair":true}"#.utf8))
        #expect(answer.status == 202)
        let id = try #require(answer.json["job_id"]?.text)
        var job = try await server.get("/api/v1/admin/jobs/\(id)").json
        let deadline = ContinuousClock.now + .seconds(300)
        while job["state"]?.text == "running", ContinuousClock.now < deadline {
            await Task.yield()
            job = try await server.get("/api/v1/admin/jobs/\(id)").json
        }
        #expect(job["state"]?.text == "done")
        #expect(job["result"]?["sound"]?.flag == true)
        #expect(job["result"]?["damages"]?.array.isEmpty == true)
        #expect(
            try await server.send(
                "POST", "/api/v1/admin/verify", headers: ["Content-Type": "application/json"],
                body: Array(#"{"repair":3}"#.utf8)
            ).status == 400)
        #expect(
            try await server.send(
                "POST", "/api/v1/admin/verify", headers: ["Content-Type": "application/json"],
                body: Array(#"{"mend":true}"#.utf8)
            ).status == 400)
    }

    @Test func jobsFailWithTheirReason() async throws {
        let jobs = Jobs()
        struct Broken: Error, CustomStringConvertible { let description = "it broke" }
        let id = try #require(jobs.start("break") { _ in throw Broken() })
        while jobs.job(id)?.state == .running { await Task.yield() }
        #expect(jobs.job(id)?.state == .failed)
        #expect(jobs.job(id)?.detail == "it broke")
    }

    @Test func aJobRunsOnceAtATime() async throws {
        let jobs = Jobs()
        let (hold, release) = AsyncStream.makeStream(of: Void.self)
        let first = try #require(
            jobs.start("work") { progress in
                progress(0.5, "half")
                for await _ in hold {}
            })
        while jobs.job(first)?.progress != 0.5 { await Task.yield() }
        #expect(jobs.start("work") { _ in } == first)
        #expect(jobs.start("other") { _ in } != first)
        release.finish()
        while jobs.job(first)?.state != .done { await Task.yield() }
        #expect(jobs.start("work") { _ in } != first)
        await jobs.stop()
        #expect(jobs.start("work") { _ in } == nil)
    }
}
