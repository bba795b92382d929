import Foundation
import HTTPTransport
import Testing

/// The examples of the documents, tried out as a reader would: the listings marked as `sh` from top to bottom in a
/// directory of their own, against a server with entries that they find, and the queries of the language's document.
///
/// Lines that begin with `make` are not run; `DemoTests` and the build itself see to those.
@Suite(.serialized) struct DocumentExampleTests {
    @Test(arguments: [("README.md", 2), ("docs/API.md", 8), ("docs/OPERATIONS.md", 1), ("docs/QUERY.md", 0)])
    func listingsRun(_ path: String, _ blockCountMin: Int) async throws {
        let place = try await Place()
        let blocks = try Document(path).shellBlocks
        #expect(blocks.count >= blockCountMin)
        for block in blocks {
            let lines = block.lines.filter { !$0.hasPrefix("make ") }
            let script = lines.filter { !Place.isEndless($0) }.joined(separator: "\n")
            let answer = try await place.shell("set -euo pipefail\n" + script)
            #expect(answer.status == 0, "\(path):\(block.firstLine)\n\(answer.output)\(answer.errors)")
            #expect(answer.errors == "", "\(path):\(block.firstLine)")
            for line in lines where Place.isEndless(line) { try await place.runForAWhile(line) }
        }
        #expect(await place.server.stop() == 0)
    }

    /// Queries that the document shows give an answer.
    @Test func queriesAreAnswered() async throws {
        let place = try await Place()
        let document = try Document("docs/QUERY.md")
        let written = document.code(inTablesOf: "you write")
        let clauses = document.code(inTablesOf: "clause").map {
            // `T` stands for a moment.
            $0.replacing(/\bT\b/.wordBoundaryKind(.simple), with: "1h")
        }
        #expect(written.count > 30)
        #expect(clauses.count > 8)
        #expect(document.indentedLines.count > 2)
        for text in document.indentedLines + written + clauses {
            // `>=` and the like stand for the comparison before them.
            let query = text.wholeMatch(of: /[<>]=?/) == nil ? text : "retry_count:\(text)2"
            let answer = try await place.answer(query)
            #expect(answer.status == 200, "\(query): \(answer.text)")
        }
        #expect(await place.server.stop() == 0)
    }

    /// What stands here for phrases of other languages is answered.
    @Test func whatReplacesOtherLanguagesIsAnswered() async throws {
        let place = try await Place()
        let written = try Document("docs/QUERY-MIGRATION.md").lastCells(inTablesOf: [
            "Lucene", "Datadog", "LogQL", "LogsQL",
        ])
        #expect(written.count > 50)
        for query in written {
            let answer = try await place.answer(query)
            #expect(answer.status == 200, "\(query): \(answer.text)")
        }
        #expect(await place.server.stop() == 0)
    }

    /// Every pipe of the document's table is answered.
    @Test func pipesAreAnswered() async throws {
        let place = try await Place()
        let written = try Document("docs/QUERY.md").code(inTablesOf: "pipe")
        #expect(written.count > 20)
        for pipe in written {
            let answer = try await place.answer("since:1h | \(pipe)")
            #expect(answer.status == 200, "\(pipe): \(answer.text)")
        }
        let aggregates = try Document("docs/QUERY.md").code(inTablesOf: "aggregate")
        #expect(aggregates.count > 12)
        for aggregate in aggregates {
            let call = aggregate.replacing(/\bf\b/, with: "retry_count").replacing(/\bg\b/, with: "module")
            let answer = try await place.answer("since:1h | stats \(call) as a by level")
            #expect(answer.status == 200, "\(call): \(answer.text)")
        }
        #expect(await place.server.stop() == 0)
    }
}

/// A directory with what the examples name, a server with entries, and a shell that finds the executables.
private struct Place {
    let scratch: ScratchDirectory
    let server: TestServer
    private let id: String
    private let transport = HTTPTransport()

    init() async throws {
        scratch = try ScratchDirectory()
        server = try TestServer(in: scratch)
        try await server.start()
        let now = Int64(Date().timeIntervalSince1970)
        let line = { (seconds: Int64, device: String, level: String, module: String, message: String) in
            #"{"device":"\#(device)","session_id":"nav_mission_42","level":"\#(level)","module":"\#(module)","#
                + #""timestamp":\#(now - seconds),"message":"\#(message)","context":{"retry_count":"2"}}"# + "\n"
        }
        let entries =
            line(60, "Drone-1", "ERROR", "navigation", "retry 3 of 5 failed")
            + line(50, "Drone-2", "WARN", "input", "GPS signal weak")
        for (name, text) in [
            ("entries.ndjson", entries), ("app.ndjson", line(40, "Robot-1", "INFO", "app", "from a file")),
            ("app.log", "started\nstopped\n"), (".curlrc", "fail\nshow-error\n"),
        ] {
            try text.write(toFile: scratch.file(name), atomically: false, encoding: .utf8)
        }
        try FileManager.default.createDirectory(atPath: scratch.file("bin"), withIntermediateDirectories: false)
        for (name, binary) in [("logdb", Binaries.logdb), ("logdb-agent", Binaries.agent)] {
            try FileManager.default.createSymbolicLink(
                atPath: scratch.file("bin/\(name)"), withDestinationPath: binary)
        }
        let ingest = try await run(
            Binaries.logdb, ["ingest", scratch.file("entries.ndjson"), "--server", server.url], in: scratch)
        #expect(ingest.status == 0, "\(ingest.errors)")
        let ids = try await run(
            Binaries.logdb, ["export", "| limit 1 | fields id", "--format", "csv", "--server", server.url], in: scratch)
        id = ids.output.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    }

    /// Whether the command goes on until it is stopped.
    static func isEndless(_ line: String) -> Bool {
        line.hasPrefix("logdb serve ") || line.hasPrefix("logdb tail ") || line.contains(" --follow")
    }

    private var environment: [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return [
            "PATH": scratch.file("bin") + ":" + path, "HOME": scratch.path, "CURL_HOME": scratch.path,
            "LOGDB_SERVER": server.url, "ID": id,
        ]
    }

    /// The text with this server and this directory in place of those that the documents name.
    private func here(_ text: String) throws -> String {
        "cd \(scratch.path)\n"
            + text.replacing("http://127.0.0.1:8080", with: server.url)
            .replacing("127.0.0.1:8080", with: "127.0.0.1:\(try TestServer.freePort())")
            .replacing("/var/lib/", with: scratch.path + "/var-lib-")
    }

    func shell(_ script: String) async throws -> (status: Int32, output: String, errors: String) {
        try await run("/bin/bash", ["-c", try here(script)], in: scratch, environment: environment)
    }

    /// Starts a command that would go on for ever, waits until it has done what it is for, and stops it.
    func runForAWhile(_ line: String) async throws {
        let command = try ChildProcess(
            "/bin/bash", ["-c", try here("exec " + line)], output: scratch.file("endless-\(UUID().uuidString)"),
            environment: environment)
        let deadline = ContinuousClock.now + .seconds(300)
        var isDone = false
        while !isDone, command.isRunning, ContinuousClock.now < deadline {
            if line.hasPrefix("logdb serve ") {
                isDone = command.output.contains(" serves ")
            } else if line.hasPrefix("logdb tail ") {
                let seen = try await shell(
                    #"echo '{"device":"Drone-1","level":"ERROR","message":"seen"}' | logdb ingest - >/dev/null"#)
                #expect(seen.status == 0, "\(seen.errors)")
                isDone = command.output.contains("seen")
            } else {
                isDone = try await server.export("started").count == 1
            }
            if !isDone { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(isDone && command.isRunning, "\(line)\n\(command.output)\(command.errors)")
        command.terminate()
        _ = await command.wait()
    }

    func answer(_ query: String) async throws -> (status: Int, text: String) {
        let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let reply = try await transport.send(
            HTTPCall(url: "\(server.url)/api/v1/logs?query=\(escaped)", timeout: .seconds(300)))
        return (reply.status, String(decoding: reply.body, as: UTF8.self))
    }
}
