import Foundation
import Testing

/// `logdb devices` and `logdb admin check`, on a data directory and on a server.
@Suite(.serialized) struct DevicesCommandTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func logdb(_ arguments: [String]) async throws -> (status: Int32, output: String, errors: String) {
        try await run(Binaries.logdb, arguments, in: scratch)
    }

    @Test func devicesAreShownChangedAndTakenAway() async throws {
        let file = scratch.file("log.ndjson")
        let entries = ["Robot-1", "Robot/2"].map {
            #"{"device":"\#($0)","session_id":"run 1","level":"ERROR","message":"hello"}"#
        }
        try entries.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try await logdb(["ingest", file, "--data", scratch.file("data")]).status == 0)
        let server = try TestServer(in: scratch)
        for target in [["--data", scratch.file("data")], ["--server", server.url]] {
            if target[0] == "--server" { try await server.start() }
            let list = try await logdb(["devices"] + target)
            #expect(list.status == 0 && list.output.contains("Robot-1") && list.output.contains("Robot/2"))
            #expect(try await logdb(["devices", "list", "--type", "camera"] + target).status == 1)
            let set = try await logdb(
                ["devices", "set", "Robot/2", "--type", "robot", "--environment", "testing", "--name", "Two"] + target)
            #expect(set.status == 0, "\(set.errors)")
            let found = try await logdb(
                ["devices", "list", "--type", "robot", "--search", "two", "--output", "json"] + target)
            #expect(found.output.contains(#""dsn":"Robot/2""#) && !found.output.contains("Robot-1"))
            let shown = try await logdb(["devices", "show", "2"] + target)
            #expect(shown.output.contains("testing") && shown.output.contains("first_seen_at"))
            let unknown = try await logdb(["devices", "show", "Robot-9"] + target)
            #expect(unknown.status == 2 && unknown.errors.contains("Robot-9"))
            let sessions = try await logdb(["sessions", "--device", "Robot-1", "--output", "json"] + target)
            #expect(
                sessions.output.contains(#""session_id":"run 1""#) && sessions.output.contains(#""error_count":"1""#))
            #expect(!sessions.output.contains("Robot/2"))
            #expect(try await logdb(["sessions", "list", "--status", "failed"] + target).status == 1)
            let session = try await logdb(["sessions", "show", "2"] + target)
            #expect(session.output.contains("Robot/2") && session.output.contains("active"), "\(session.errors)")
            #expect(try await logdb(["sessions", "show", "nothing"] + target).status == 2)
            let check = try await logdb(["admin", "check"] + target)
            #expect(check.status == 0 && check.output == "tables and indexes agree\n", "\(check.errors)")
        }
        let target = ["--server", server.url]
        #expect(try await logdb(["command", "list", "Robot-1"] + target).status == 1)
        let sent = try await logdb(["command", "send", "Robot-1", "reboot", "--argument", "delay_s=5"] + target)
        #expect(sent.status == 0 && sent.output == "1\n", "\(sent.errors)")
        let many = try await logdb(["command", "send", "--filter", "robot", "beep", "--expires-in", "1h"] + target)
        #expect(many.output == "2\n3\n", "\(many.errors)")
        let commands = try await logdb(["command", "list", "Robot-1"] + target)
        #expect(commands.output.contains("reboot") && commands.output.contains("queued"))
        #expect(try await logdb(["command", "list", "--dead"] + target).status == 1)
        #expect(try await logdb(["command", "send", "Robot-1"] + target).status == 2)
        let local = try await logdb(["command", "list", "Robot-1", "--data", scratch.file("data")])
        #expect(local.status == 2 && local.errors.contains("--server"))
        #expect(try await logdb(["devices", "remove", "Robot-1", "--server", server.url]).status == 0)
        #expect(try await logdb(["devices", "show", "Robot-1", "--server", server.url]).status == 2)
        let bad = try await logdb(["devices", "list", "--status", "asleep", "--server", server.url])
        #expect(bad.status == 2 && bad.errors.contains("maintenance"), "\(bad.errors)")
        #expect(await server.stop() == 0)
    }
}
