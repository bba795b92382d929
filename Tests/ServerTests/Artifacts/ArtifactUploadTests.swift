import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// Files that are uploaded into sessions, whole and in parts.
struct ArtifactUploadTests {
    private let server: RunningServer
    private static let route = "/api/v1/sessions/run/artifacts?path="

    init() async throws {
        var limits = ServerLimits()
        limits.artifactQuota = 1 << 20
        server = try await RunningServer(limits: limits)
        try await server.store([Entry(time: .now, device: "DEV-1", session: "run", message: "m")])
    }

    private func upload(
        _ path: String, _ body: [UInt8], _ parameters: String = "", headers: [String: String] = [:]
    ) async throws -> Answer {
        try await server.send("POST", Self.route + path + parameters, headers: headers, body: body)
    }

    private func download(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await server.send("GET", "/api/v1/sessions/run/files/download?path=\(path)", headers: headers)
    }

    private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    private func expectIntact() async throws {
        let answer = try await server.send("GET", "/api/v1/admin/check")
        #expect(answer.json["problems"] == .array([]), "\(answer.text)")
    }

    @Test func whatIsUploadedIsThere() async throws {
        let content = Self.bytes(700_000)
        let hash = AuditLog.hexadecimal(OpenSSL.sha256(content))
        let made = try await upload("data/t.bin", content, "&sha256=\(hash)", headers: ["Content-Type": "image/png"])
        #expect(made.status == 201 && made["Upload-Offset"] == "700000", "\(made.text)")
        #expect(made.json["sha256"]?.text == hash && made.json["complete"] == .flag(true))
        let got = try await download("data/t.bin")
        #expect(got.status == 200 && got.reply.body == content && got["Content-Type"] == "image/png")
        #expect(got["ETag"] == "\"\(hash)\"" && got["Accept-Ranges"] == "bytes" && got["Content-Length"] == "700000")
        #expect(got["Content-Disposition"] == "attachment; filename=\"t.bin\"")
        // Sent again it is there already; another content is not taken for it.
        #expect(try await upload("data/t.bin", content).status == 200)
        #expect(try await upload("data/t.bin", [1]).problem == "artifact_exists")
        #expect(try await upload("data/t.bin", Self.bytes(700_000, seed: 2)).problem == "artifact_exists")
        #expect(try await upload("data/t.bin", [1, 2], "&replace=true").status == 201)
        #expect(try await download("data/t.bin").reply.body == [1, 2])
        #expect(try await upload("data/empty", []).status == 201)
        #expect(try await download("data/empty").reply.body.isEmpty)
        let audit = try await server.send("GET", "/api/v1/admin/audit").text
        #expect(audit.contains("artifact.add") && audit.contains("artifact.replace"))
        try await expectIntact()
    }

    @Test func partsGoOnWhereTheyEnded() async throws {
        let content = Self.bytes(100_000)
        func part(_ range: Range<Int>, total: Int = 100_000) async throws -> Answer {
            try await upload(
                "a", Array(content[range]),
                headers: ["Content-Range": "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(total)"])
        }
        #expect(try await server.send("GET", Self.route + "a").problem == "unknown_file")
        let first = try await part(0..<30_000)
        #expect(first.status == 202 && first["Upload-Offset"] == "30000" && first.json["complete"] == .flag(false))
        let hole = try await part(40_000..<50_000)
        #expect(hole.status == 409 && hole.problem == "wrong_offset")
        #expect(hole.json["errors"]?[0]?["suggestion"]?.text == "30000")
        #expect(try await download("a").problem == "unknown_file")
        #expect(try await part(30_000..<60_000).status == 202)
        #expect(try await server.send("GET", Self.route + "a").json["offset"]?.int == 60_000)
        let head = try await server.send("HEAD", Self.route + "a")
        #expect(head.status == 200 && head["Upload-Offset"] == "60000")
        // What was lost on the way is begun anew.
        #expect(try await part(0..<10).status == 202)
        #expect(try await part(10..<100_000).status == 201)
        #expect(try await download("a").reply.body == content)
        for range in ["0-9/10", "bytes 0-9/5", "bytes 0-8/10", "bytes 0-10/11"] {
            let answer = try await upload("b", Self.bytes(10), headers: ["Content-Range": range])
            #expect(answer.problem == "invalid_content_range", "\(range) \(answer.text)")
        }
        try await expectIntact()
    }

    /// A connection that ends in the midst leaves what came.
    @Test func whatBreaksOffIsKept() async throws {
        var connection: RawConnection? = try RawConnection(port: server.port)
        let head = "POST \(Self.route)cut HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
        await connection?.send(head + String(repeating: "x", count: 400))
        connection = nil
        var offset: Int?
        let deadline = ContinuousClock.now + .seconds(60)
        while offset != 400, ContinuousClock.now < deadline {
            offset = try await server.send("GET", Self.route + "cut").json["offset"]?.int
            await Task.yield()
        }
        #expect(offset == 400)
        var rest = Answer(HTTPReply(head: HTTPHead(status: 0), body: []))
        // The request that broke off may still be at its end.
        while rest.status != 201, ContinuousClock.now < deadline {
            rest = try await upload(
                "cut", Array(repeating: UInt8(ascii: "x"), count: 600), headers: ["Content-Range": "bytes 400-999/1000"]
            )
            #expect(rest.status == 201 || rest.problem == "upload_under_way", "\(rest.text)")
        }
        #expect(try await download("cut").text == String(repeating: "x", count: 1_000))
    }

    @Test func whatIsNotWhatItShouldBeIsNotTaken() async throws {
        let hash = String(repeating: "0", count: 64)
        #expect(try await upload("a", [1, 2, 3], "&sha256=\(hash)").problem == "checksum_mismatch")
        #expect(try await server.send("GET", Self.route + "a").problem == "unknown_file")
        #expect(try await upload("a", [1], "&sha256=12").problem == "invalid_parameter")
        #expect(try await upload("a", [1], headers: ["Content-Encoding": "gzip"]).problem == "unsupported_encoding")
        #expect(try await upload("a", [1]).status == 201)
        #expect(try await upload("a/b", [1]).problem == "path_conflict")
        #expect(try await upload("c/d/e", [1]).status == 201)
        for path in ["c", "c/d"] { #expect(try await upload(path, [1]).problem == "path_conflict") }
        #expect(try await server.send("POST", "/api/v1/sessions/none/artifacts?path=a").problem == "unknown_session")
        #expect(try await server.send("POST", "/api/v1/sessions/run/artifacts").problem == "missing_parameter")
        try await expectIntact()
    }

    @Test func anAccountHasItsRoom() async throws {
        #expect(try await upload("a", Self.bytes(1_000_000)).status == 201)
        let tooMuch = try await upload("b", Self.bytes(100_000))
        #expect(tooMuch.status == 507 && tooMuch.problem == "quota_exceeded", "\(tooMuch.text)")
        #expect(tooMuch.json["retryable"] == .flag(false))
        // What is not complete takes room as well.
        let half = ["Content-Range": "bytes 0-39999/40001"]
        #expect(try await upload("c", Self.bytes(40_000), headers: half).status == 202)
        #expect(try await upload("d", Self.bytes(20_000)).problem == "quota_exceeded")
        #expect(try await server.send("DELETE", Self.route + "a").status == 204)
        #expect(try await upload("d", Self.bytes(20_000)).status == 201)
        #expect(try await server.send("DELETE", Self.route + "a").problem == "unknown_file")
        try await expectIntact()
    }

    @Test func partsSurviveARestart() async throws {
        #expect(try await upload("a", [1, 2, 3], headers: ["Content-Range": "bytes 0-2/5"]).status == 202)
        #expect(try await upload("b", [7]).status == 201)
        try await server.stop()
        let again = try await RunningServer(in: server.directory)
        #expect(try await again.send("GET", Self.route + "a").json["offset"]?.int == 3)
        let rest = try await again.send(
            "POST", Self.route + "a", headers: ["Content-Range": "bytes 3-4/5"], body: [4, 5])
        #expect(rest.status == 201)
        #expect(
            try await again.send("GET", "/api/v1/sessions/run/files/download?path=a").reply.body == [1, 2, 3, 4, 5])
        #expect(try await again.send("GET", "/api/v1/sessions/run/files/download?path=b").reply.body == [7])
        #expect(again.server.services.artifacts.drafts.byteCount(of: AccountRecord.defaultID) == 0)
    }

    @Test func aDeviceHasItsOwnSessionsOnly() async throws {
        let place = try await EncryptedServer()
        let (one, two) = (try await place.registered("DEV-1"), try await place.registered("DEV-2"))
        for client in [one, two] {
            let started = try await place.send("POST", "/api/v1/sessions", json: #"{"session_id":"run"}"#, on: client)
            #expect(started.status == 201)
        }
        func send(_ session: String, _ client: HTTPTransport) async throws -> Answer {
            try await place.send("POST", "/api/v1/sessions/\(session)/artifacts?path=a", json: "{}", on: client)
        }
        #expect(try await send("run", one).status == 201)
        #expect(try await send("2", one).problem == "unknown_session")
        #expect(try await send("run", two).status == 201)
        #expect(try await place.send("GET", "/api/v1/sessions/run/files", on: one).status == 403)
        let tree = try await place.send("GET", "/api/v1/sessions/1/files")
        #expect(tree.json["files"]?.array.count == 2 && tree.json["device"]?.text == "DEV-1", "\(tree.text)")
    }
}
