import Foundation
import LogDB
import ObjectStore
import Testing

@testable import Server

/// A backup has the bytes of every artifact whose row it has.
struct ArtifactBackupTests {
    private let clock = TestClock()
    private let place: EncryptedServer
    private let objects: GatedObjectStore
    private static let route = "/api/v1/sessions/run/artifacts?path="

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
        objects = GatedObjectStore(place.directory.path + "/backups")
        let started = try await place.send(
            "POST", "/api/v1/logs/ingest", json: #"[{"device":"D","session_id":"run","message":"m"}]"#)
        try #require(started.status == 200)
    }

    private var artifacts: Artifacts { place.server.services.artifacts }
    private var target: String { place.directory.path + "/restored" }

    private static func key(_ text: String) -> String { AuditLog.hexadecimal(OpenSSL.sha256(Array(text.utf8))) }

    private func upload(_ path: String, _ text: String) async throws {
        let answer = try await place.send("POST", Self.route + path, json: text)
        try #require(answer.status == 201, "\(answer.text)")
    }

    private func backUp(to objects: GatedObjectStore? = nil) async throws -> BackupReport {
        try await StoreBackup.make(
            of: place.server.services.store, artifacts, to: BackupPlace(objects ?? self.objects),
            copiesColdObjects: true
        ) { _, _ in }
    }

    /// What the restored store has wrong, and the keys of its artifacts.
    private func restored() async throws -> (problems: [String], keys: [String]) {
        let store = try await LogStore.open(at: target)
        let problems = try await StoreCheck.problems(store)
        let keys = try Artifacts.objects(of: store).keys(after: nil, limit: 100)
        await store.close()
        return (problems, keys)
    }

    @Test func artifactsComeBackAndAreCopiedOnce() async throws {
        let large = "[\"" + String(repeating: "x", count: 3_000_000) + "\"]"
        try await upload("a", "[1]")
        try await upload("b/c", "[1]")
        try await upload("large", large)
        let first = try await backUp()
        #expect(first.artifactCount == 2)
        #expect(first.lostArtifactCount == 0)
        #expect(objects.put.contains(Self.key(large)) && objects.put.contains(Self.key("[1]")))
        try await upload("d", "[2]")
        let second = try await backUp()
        #expect(second.artifactCount == 3)
        #expect(objects.put.count { $0 == Self.key(large) } == 1)
        #expect(objects.put.contains(Self.key("[2]")))
        #expect(second.copiedByteCount < 3_000_000)

        _ = try await LogStore.restore(from: BackupPlace(objects), to: target)
        let found = try await restored()
        #expect(found.problems == [])
        #expect(found.keys == ["[1]", "[2]", large].map(Self.key).sorted())
        // The earlier one has what was there then.
        let other = target + "-earlier"
        _ = try await LogStore.restore(from: BackupPlace(objects), key: first.key, to: other)
        #expect(
            try DirectoryObjectStore(other + "/artifacts").keys(after: nil, limit: 10)
                == ["[1]", large].map(Self.key).sorted())
    }

    /// An upload that is not complete is no part of it: its sender begins anew.
    @Test func whatIsSentInPartsIsAbsentUntilItIsWhole() async throws {
        let part = try await place.send(
            "POST", Self.route + "a", json: "[1]", headers: ["Content-Range": "bytes 0-2/10"])
        try #require(part.status == 202)
        #expect(try await backUp().artifactCount == 0)
        _ = try await LogStore.restore(from: BackupPlace(objects), to: target)
        #expect(!FileManager.default.fileExists(atPath: target + "/artifacts.new"))
        #expect(try await restored().problems == [])
    }

    @Test func oneThatIsRemovedMeanwhileIsInIt() async throws {
        try await upload("a", "[1]")
        let gated = GatedObjectStore(place.directory.path + "/gated", isGated: true)
        async let report = backUp(to: gated)
        defer { gated.open() }
        let deadline = ContinuousClock.now + .seconds(60)
        while !gated.isReached {
            try #require(ContinuousClock.now < deadline, "the backup did not begin to copy")
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try await place.send("DELETE", Self.route + "a").status == 204)
        clock.advance(seconds: 7_200)
        #expect(try await artifacts.collect() == 0)
        #expect(try await artifacts.sweep() == 0)
        gated.open()
        let made = try await report
        #expect(made.artifactCount == 1)
        // It goes when the backup is done.
        #expect(try await artifacts.collect() == 1)
        _ = try await LogStore.restore(from: BackupPlace(gated), to: target)
        let found = try await restored()
        #expect(found.problems == [])
        #expect(found.keys == [Self.key("[1]")])
    }

    @Test(arguments: [false, true])
    func oneThatIsDamagedInTheBackupIsRefusedByName(_ isMissing: Bool) async throws {
        try await upload("a", "[1]")
        try await upload("b", "[2]")
        _ = try await backUp()
        let key = Self.key("[2]")
        if isMissing {
            try FileManager.default.removeItem(atPath: objects.path(key))
        } else {
            try Data("[3]".utf8).write(to: URL(fileURLWithPath: objects.path(key)))
        }
        let source = BackupPlace(objects)
        let error = await #expect(throws: LogError.self) { try await LogStore.restore(from: source, to: target) }
        #expect(error?.code == .corruption)
        #expect(error?.location == "artifact \(key)", "\(String(describing: error))")
        #expect(!FileManager.default.fileExists(atPath: target))

        _ = try await LogStore.restore(from: source, to: target, copiesArtifacts: false)
        let found = try await restored()
        #expect(found.keys == [])
        #expect(found.problems.count == 2, "\(found.problems)")
        try FileManager.default.removeItem(atPath: target)
        // What the message says helps.
        if !isMissing { try FileManager.default.removeItem(atPath: objects.path(key)) }
        _ = try await backUp()
        _ = try await LogStore.restore(from: source, to: target)
        #expect(try await restored().problems == [])
    }

    @Test(arguments: [false, true])
    func oneThatIsLostBeforeIsLeftOutAndCounted(_ isMissing: Bool) async throws {
        try await upload("a", "[1]")
        try await upload("b", "[2]")
        let file =
            place.directory.path + "/data/artifacts/" + Self.key("[2]").prefix(2) + "/"
            + Self.key("[2]").dropFirst(2)
        if isMissing {
            try FileManager.default.removeItem(atPath: file)
        } else {
            try Data("[3]".utf8).write(to: URL(fileURLWithPath: file))
        }
        let report = try await backUp()
        #expect(report.artifactCount == 1)
        #expect(report.lostArtifactCount == 1)
        #expect(report.summary.contains("1 artifacts are lost"))
        #expect(!objects.put.contains(Self.key("[2]")))
        _ = try await LogStore.restore(from: BackupPlace(objects), to: target)
        #expect(try await restored().keys == [Self.key("[1]")])
    }
}
