import Foundation
import HTTPTransport
import Testing

/// `logdb admin backup` and `restore`, with kills at seeded moments, and what devices are told after an older backup.
@Suite(.serialized) struct BackupCommandTests {
    private let transport = HTTPTransport()

    private func send(_ server: TestServer, _ sequence: Int, _ count: Int = 50) async throws -> String {
        let lines = (0..<count).map {
            #"{"device":"ROB-1","time":"2025-01-03T00:00:\#(String(format: "%02d", $0))Z","level":"INFO","message":"b\#(sequence) e\#($0)"}"#
        }
        let reply = try await transport.send(
            HTTPCall(
                method: "POST", url: server.url + "/api/v1/logs/ingest",
                headers: [
                    HTTPField("Content-Type", "application/x-ndjson"), HTTPField("X-Batch-Device", "ROB-1"),
                    HTTPField("X-Batch-Boot", "b"), HTTPField("X-Batch-Seq", String(sequence)),
                ], body: Array(lines.joined(separator: "\n").utf8)))
        #expect(reply.status == 200 || reply.status == 202, "\(String(decoding: reply.body, as: UTF8.self))")
        return String(decoding: reply.body, as: UTF8.self)
    }

    private func admin(
        _ arguments: [String], in scratch: ScratchDirectory
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await run(Binaries.logdb, ["admin"] + arguments, in: scratch)
    }

    /// After an older backup the server says what it has, so that devices send the rest again.
    @Test func anOlderBackupIsFilledUpAgain() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        for sequence in 1...5 { _ = try await send(server, sequence) }
        let backup = try await admin(["backup", "--to", scratch.file("backups"), "--server", server.url], in: scratch)
        #expect(backup.status == 0, "\(backup.errors)")
        #expect(backup.output.hasPrefix("250 entries as of "), "\(backup.output)")
        var last = ""
        for sequence in 6...10 { last = try await send(server, sequence) }
        #expect(last.contains(#""acked_through":10"#), "\(last)")
        let refused = try await admin(
            ["restore", "--from", scratch.file("backups"), "--data", scratch.file("data"), "--replace"], in: scratch)
        #expect(refused.status == 2)
        #expect(refused.errors.contains("open"), "\(refused.errors)")
        #expect(await server.stop() == 0)
        let asked = try await admin(
            ["restore", "--from", scratch.file("backups"), "--data", scratch.file("data")], in: scratch)
        #expect(asked.status == 2)
        #expect(asked.errors.contains("--replace"), "\(asked.errors)")
        let list = try await admin(["restore", "--from", scratch.file("backups"), "--list"], in: scratch)
        #expect(list.output.contains("250 entries"), "\(list.output)\(list.errors)")
        let restored = try await admin(
            ["restore", "--from", scratch.file("backups"), "--data", scratch.file("data"), "--replace"], in: scratch)
        #expect(restored.status == 0, "\(restored.errors)")

        try await server.start()
        #expect(try await server.export().count == 250)
        // The tenth again: it is new, and the answer says that those from the sixth on are not there.
        let again = try await send(server, 10)
        #expect(again.contains(#""acked_through":5"#), "\(again)")
        for sequence in 6...9 { last = try await send(server, sequence) }
        #expect(last.contains(#""acked_through":10"#), "\(last)")
        #expect(try await server.export().count == 500)
        #expect(await server.stop() == 0)
        #expect(try await admin(["verify", "--data", scratch.file("data")], in: scratch).status == 0)
    }

    /// A killed backup is none, and a killed restore leaves the directory as it was or as it is to be.
    @Test func killsLeaveNothingHalf() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        for sequence in 1...20 { _ = try await send(server, sequence) }
        #expect(try await admin(["tier", "--now", "--server", server.url], in: scratch).status == 0)
        for sequence in 21...30 { _ = try await send(server, sequence) }
        var random = SeededGenerator(seed: 95)
        for _ in 0..<6 {
            async let backup = admin(
                ["backup", "--to", scratch.file("backups"), "--server", server.url], in: scratch)
            // The moment of the fault, not a wait for anything.
            try await Task.sleep(for: .milliseconds(Int.random(in: 10...120, using: &random)))
            await server.killNow()
            _ = try await backup
            try await server.start()
        }
        let whole = try await admin(["backup", "--to", scratch.file("backups"), "--server", server.url], in: scratch)
        #expect(whole.status == 0, "\(whole.errors)")
        #expect(await server.stop() == 0)

        let target = scratch.file("restored")
        let arguments = ["admin", "restore", "--from", scratch.file("backups"), "--data", target, "--replace"]
        for round in 0..<10 {
            let process = try ChildProcess(Binaries.logdb, arguments, output: scratch.file("restore-\(round)"))
            try await Task.sleep(for: .milliseconds(Int.random(in: 5...150, using: &random)))
            await process.killNow()
            guard FileManager.default.fileExists(atPath: target) else { continue }
            // What is there is all of it.
            let check = try await admin(["verify", "--data", target], in: scratch)
            #expect(check.status == 0, "\(check.output)\(check.errors)")
            #expect(check.output.hasPrefix("sound: "), "\(check.output)")
        }
        let restored = try await run(Binaries.logdb, arguments, in: scratch)
        #expect(restored.status == 0, "\(restored.errors)")
        let count = try await run(
            Binaries.logdb, ["query", "since:1970-01-01 | stats count()", "--output", "csv", "--data", target],
            in: scratch)
        #expect(count.output.contains("1500"), "\(count.output)")
    }

    /// Files of sessions come back; one whose upload was not complete is sent anew.
    @Test func artifactsAreInABackup() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        let content = [UInt8]((0..<200_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) })
        try await server.upload(content, "data/map.bin", session: "run", device: "ROB-1")
        let route = server.url + "/api/v1/sessions/run/"
        let part = try await transport.send(
            HTTPCall(
                method: "POST", url: route + "artifacts?path=part",
                headers: [HTTPField("Content-Range", "bytes 0-2/6")], body: Array("abc".utf8)))
        #expect(part.status == 202)
        let backup = try await admin(["backup", "--to", scratch.file("backups"), "--server", server.url], in: scratch)
        #expect(backup.output.contains("and 1 artifacts of"), "\(backup.output)\(backup.errors)")
        #expect(await server.stop() == 0)
        let list = try await admin(["restore", "--from", scratch.file("backups"), "--list"], in: scratch)
        #expect(list.output.contains("\t1 artifacts\t"), "\(list.output)\(list.errors)")
        // Of a directory without a server too, and to the same place.
        let again = try await admin(
            ["backup", "--to", scratch.file("backups"), "--data", scratch.file("data")], in: scratch)
        #expect(again.output.contains("and 1 artifacts of"), "\(again.output)\(again.errors)")
        let restored = try await admin(
            ["restore", "--from", scratch.file("backups"), "--data", scratch.file("data"), "--replace"], in: scratch)
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(restored.output.contains("and 1 artifacts"), "\(restored.output)")
        #expect(try await admin(["verify", "--data", scratch.file("data")], in: scratch).status == 0)

        try await server.start()
        let reply = try await transport.send(HTTPCall(url: route + "files/download?path=data/map.bin"))
        #expect(reply.status == 200 && reply.body == content)
        let absent = try await transport.send(HTTPCall(url: route + "artifacts?path=part"))
        #expect(absent.status == 404)
        #expect(await server.stop() == 0)
    }

    /// Keys of the machine are no part of a backup.
    @Test func aBackupHoldsNoKeys() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        for name in ["secrets", "ca"] {
            try FileManager.default.createDirectory(
                atPath: scratch.file("data/\(name)"), withIntermediateDirectories: true)
            try "TOP-SECRET-OF-THE-MACHINE".write(
                toFile: scratch.file("data/\(name)/key.pem"), atomically: false, encoding: .utf8)
        }
        _ = try await send(server, 1)
        #expect(
            try await admin(["backup", "--to", scratch.file("backups"), "--server", server.url], in: scratch).status
                == 0)
        #expect(await server.stop() == 0)
        for file in try FileManager.default.subpathsOfDirectory(atPath: scratch.file("backups")) {
            guard let bytes = FileManager.default.contents(atPath: scratch.file("backups/" + file)) else { continue }
            #expect(bytes.range(of: Data("TOP-SECRET-OF-THE-MACHINE".utf8)) == nil, "\(file)")
        }
    }
}
