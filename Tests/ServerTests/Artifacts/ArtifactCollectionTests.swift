import Foundation
import HTTPTransport
import LogDB
import LogModel
import ObjectStore
import Testing

@testable import Server

/// What nobody has goes, after a while; what somebody has stays.
struct ArtifactCollectionTests {
    private let clock = TestClock()
    private let place: EncryptedServer
    private static let route = "/api/v1/sessions/run/artifacts?path="

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
        let started = try await place.send(
            "POST", "/api/v1/logs/ingest", json: #"[{"device":"D","session_id":"run","message":"m"}]"#)
        try #require(started.status == 200)
    }

    private var artifacts: Artifacts { place.server.services.artifacts }

    private func upload(_ path: String, _ text: String) async throws {
        let answer = try await place.send("POST", Self.route + path, json: text)
        try #require(answer.status == 201, "\(answer.text)")
    }

    private func keys() throws -> [String] { try artifacts.objects.keys(after: nil, limit: 100) }

    private func problems() async throws -> [String] {
        try await place.send("GET", "/api/v1/admin/check").json["problems"]?.array.compactMap(\.text) ?? []
    }

    @Test func oneContentIsKeptOnceAndAsLongAsSomebodyHasIt() async throws {
        for path in ["a", "b", "c"] { try await upload(path, "[1]") }
        try await upload("d", "[2]")
        #expect(try keys().count == 2)
        for path in ["a", "b", "d"] {
            #expect(try await place.send("DELETE", Self.route + path).status == 204)
        }
        #expect(try await artifacts.collect() == 0)
        #expect(try await problems() == [])
        clock.advance(seconds: 3_599)
        #expect(try await artifacts.collect() == 0)
        clock.advance(seconds: 2)
        #expect(try await artifacts.collect() == 1)
        #expect(try keys().count == 1)
        // One that comes back in time stays.
        #expect(try await place.send("DELETE", Self.route + "c").status == 204)
        clock.advance(seconds: 3_000)
        try await upload("e", "[1]")
        clock.advance(seconds: 3_000)
        #expect(try await artifacts.collect() == 0)
        #expect(try await place.send("GET", "/api/v1/sessions/run/files/download?path=e").text == "[1]")
        #expect(try await problems() == [])
    }

    @Test func anObjectWithoutARowIsFoundAndRemoved() async throws {
        try await upload("a", "[1]")
        let file = place.directory.path + "/stray"
        try "stray".write(toFile: file, atomically: true, encoding: .utf8)
        let key = AuditLog.hexadecimal(OpenSSL.sha256(Array("stray".utf8)))
        try artifacts.objects.put(key, fileAt: file)
        let found = try await problems()
        #expect(found.count == 1 && found[0].contains(key), "\(found)")
        #expect(try await artifacts.sweep() == 0)
        clock.advance(seconds: 3_601)
        #expect(try await artifacts.sweep() == 1)
        #expect(try keys().count == 1)
        #expect(try await problems() == [])
    }

    @Test func aRowWithoutAnObjectIsFoundAndForgotten() async throws {
        try await upload("a", "[1]")
        try await upload("b", "[1]")
        try await upload("c", "[2]")
        let key = AuditLog.hexadecimal(OpenSSL.sha256(Array("[1]".utf8)))
        try artifacts.objects.remove(key)
        let found = try await problems()
        #expect(found.count == 1 && found[0].contains(key), "\(found)")
        let lost = try await place.send("GET", "/api/v1/sessions/run/files")
        #expect(lost.json["files"]?.array.count == 4)
        #expect(try await artifacts.sweep() == 0)
        clock.advance(seconds: 3_601)
        #expect(try await artifacts.sweep() == 1)
        #expect(try await problems() == [])
        let tree = try await place.send("GET", "/api/v1/sessions/run/files")
        #expect(tree.json["files"]?.array.count == 2, "\(tree.text)")
        let audit = try await place.send("GET", "/api/v1/admin/audit").text
        #expect(audit.contains("artifact.lost"))
    }

    @Test func draftsGoAfterADay() async throws {
        let part = try await place.send(
            "POST", Self.route + "a", json: "[1]", headers: ["Content-Range": "bytes 0-2/10"])
        #expect(part.status == 202)
        // Drafts are as old as their files say.
        clock.advance(seconds: 86_300)
        try await artifacts.collect()
        #expect(artifacts.drafts.byteCount(of: AccountRecord.defaultID) == 3)
        clock.advance(seconds: 200)
        try await artifacts.collect()
        #expect(artifacts.drafts.byteCount(of: AccountRecord.defaultID) == 0)
        #expect(try await place.send("GET", Self.route + "a").problem == "unknown_file")
    }
}
