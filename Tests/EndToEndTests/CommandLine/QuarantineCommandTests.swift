import Foundation
import Testing

/// `logdb admin quarantine`, through a server and straight on a data directory.
@Suite(.serialized) struct QuarantineCommandTests {
    @Test func refusedBatchesAreListedShownReplayedAndRemoved() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start(["--retention", "365d"])
        let good = #"{"device":"Robot-1","message":"late","time":"2021-01-03T14:00:00Z"}"#
        for body in [good, "{", "[]"] {
            let sent = try await run(
                "/usr/bin/curl",
                ["-s", "-H", "Content-Type: application/x-ndjson", "-d", body, server.url + "/api/v1/logs/ingest"],
                in: scratch)
            #expect(sent.output.contains("quarantine_id"), "\(sent.output)")
        }
        let served = ["--server", server.url]
        let list = try await quarantine(["list", "--output", "json"] + served, in: scratch)
        struct Row: Decodable { var id, code, rejected: String }
        let rows = try JSONDecoder().decode([Row].self, from: Data(list.output.utf8))
        #expect(rows.map(\.code).last == "expired" && rows.map(\.rejected) == ["1", "1", "1"], "\(list.output)")
        try #require(rows.count == 3)
        #expect(try await quarantine(["show", rows[2].id] + served, in: scratch).output == good)
        // Still older than the retention keeps.
        let early = try await quarantine(["replay", "--all"] + served, in: scratch)
        #expect(early.status == 1 && early.output.contains("0 accepted, 0 duplicates, 1 rejected"), "\(early.output)")
        #expect(try await quarantine(["remove", rows[0].id] + served, in: scratch).status == 0)
        let gone = try await quarantine(["show", rows[0].id] + served, in: scratch)
        #expect(gone.status == 2 && gone.errors.lowercased().contains("there is no batch"), "\(gone.errors)")
        #expect(await server.stop() == 0)

        let direct = ["--data", scratch.file("data")]
        let replay = try await quarantine(["replay", rows[2].id] + direct, in: scratch)
        #expect(replay.status == 0 && replay.output.contains("1 accepted"), "\(replay.output)\(replay.errors)")
        let again = try await quarantine(["replay", rows[2].id] + direct, in: scratch)
        #expect(again.status == 2 && again.errors.contains("there is no batch"), "\(again.errors)")
        #expect(try await quarantine(["remove", rows[1].id] + direct, in: scratch).status == 0)
        #expect(try await quarantine(["list"] + direct, in: scratch).status == 1)
        let found = try await run(
            Binaries.logdb, ["query", "since:2020-01-01", "--output", "raw"] + direct, in: scratch)
        #expect(found.output == "late\n")
        #expect(try await quarantine(["replay"] + direct, in: scratch).status == 2)
    }

    private func quarantine(
        _ arguments: [String], in scratch: ScratchDirectory
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await run(Binaries.logdb, ["admin", "quarantine"] + arguments, in: scratch)
    }
}
