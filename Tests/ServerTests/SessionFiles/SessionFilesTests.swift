import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// A session's files as a client finds them.
struct SessionFilesTests {
    private let server: RunningServer
    private static let path = "/api/v1/sessions/run"

    init() async throws {
        server = try await RunningServer()
        var entries: [Entry] = []
        for index in 0..<2_000 {
            entries.append(
                Entry(
                    time: Timestamp(microseconds: 1_735_912_800_000_000 + Int64(index) * 1_000), level: .info,
                    device: "DEV-1", session: "run", module: index % 2 == 0 ? "input" : "nav/igation",
                    message: "step \(index)"))
        }
        entries.append(
            Entry(
                time: Timestamp(microseconds: 1_735_912_900_000_000), level: .error, device: "DEV-1", session: "run",
                message: "two\nlines",
                context: [Entry.Attribute("retry_count", "3"), Entry.Attribute("why", "no signal")]))
        entries.append(Entry(time: .now, device: "DEV-2", session: "other", module: "input", message: "elsewhere"))
        try await server.store(entries)
    }

    private func download(_ path: String, headers: [String: String] = [:], method: String = "GET") async throws
        -> Answer
    {
        try await server.send(
            method, Self.path + "/files/download?path=\(escaped(path))", headers: headers)
    }

    @Test func theTreeHasLogsAndArtifacts() async throws {
        for path in ["data/waypoints.json", "data/raw/a.bin", "data-x", "screenshots/frame_0001.png"] {
            let answer = try await server.send("POST", Self.path + "/artifacts?path=\(escaped(path))", body: [1, 2, 3])
            #expect(answer.status == 201)
        }
        let tree = try await server.send("GET", Self.path + "/files").json
        #expect(tree["session_id"]?.text == "run" && tree["device"]?.text == "DEV-1")
        let files = tree["files"]?.array ?? []
        #expect(files.map { $0["name"]?.text } == ["logs", "data-x", "data", "screenshots"])
        let logs = files[0]["children"]?.array ?? []
        #expect(
            logs.map { $0["path"]?.text } == [
                "logs/session.log", "logs/module_input.log", "logs/module_nav%2Figation.log",
            ])
        #expect(logs.map { $0["entries"]?.int } == [2_001, 1_000, 1_000] && logs.allSatisfy { $0["size"] == .null })
        let data = files[2]["children"]?.array ?? []
        #expect(files[2]["type"]?.text == "directory" && data.map { $0["name"]?.text } == ["raw", "waypoints.json"])
        #expect(data[0]["children"]?[0]?["path"]?.text == "data/raw/a.bin" && data[1]["size"]?.int == 3)
    }

    @Test func logsAreRendered() async throws {
        let whole = try await download("logs/session.log")
        #expect(whole.status == 200 && whole["Content-Type"] == "text/plain; charset=utf-8")
        let lines = whole.text.split(separator: "\n")
        #expect(lines.count == 2_002)
        #expect(lines[0] == "2025-01-03T14:00:00.000000Z INFO  [input] step 0")
        #expect(lines[1] == "2025-01-03T14:00:00.001000Z INFO  [nav/igation] step 1")
        #expect(lines[2_000] == "2025-01-03T14:01:40.000000Z ERROR two")
        #expect(lines[2_001] == "\tlines retry_count=3 why=\"no signal\"")
        let module = try await download("logs/module_nav%2Figation.log").text.split(separator: "\n")
        #expect(module.count == 1_000 && module.allSatisfy { $0.contains("[nav/igation]") })
        for path in ["logs/module_none.log", "logs/", "logs/../session.log", "logs/module_nav/igation.log"] {
            #expect(try await download(path).problem == "unknown_file", "\(path)")
        }
    }

    @Test func partsOfALogAreThoseOfTheWhole() async throws {
        let whole = try await download("logs/session.log").reply.body
        let head = try await download("logs/session.log", method: "HEAD")
        #expect(head["Content-Length"] == String(whole.count) && head["Accept-Ranges"] == "bytes")
        let tag = try #require(head["ETag"])
        for (field, range) in [
            ("bytes=0-99", 0..<100), ("bytes=50000-50001", 50_000..<50_002),
            ("bytes=-17", whole.count - 17..<whole.count), ("bytes=90000-", 90_000..<whole.count),
        ] {
            let part = try await download("logs/session.log", headers: ["Range": field, "If-Range": tag])
            #expect(part.status == 206 && part.reply.body == Array(whole[range]), "\(field)")
            #expect(
                part["Content-Range"] == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(whole.count)"
                    && part["ETag"] == tag)
        }
        let past = try await download("logs/session.log", headers: ["Range": "bytes=\(whole.count)-"])
        #expect(past.status == 416 && past["Content-Range"] == "bytes */\(whole.count)")
        let stale = try await download("logs/session.log", headers: ["Range": "bytes=0-9", "If-Range": "\"x\""])
        #expect(stale.status == 200 && stale.reply.body == whole)
    }

    @Test func partsOfAnArtifactAreThoseOfTheWhole() async throws {
        let content = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try await server.send("POST", Self.path + "/artifacts?path=%C3%BC.bin", body: content).status == 201)
        let part = try await download("ü.bin", headers: ["Range": "bytes=262143-600000"])
        #expect(part.status == 206 && part.reply.body == Array(content[262_143...600_000]))
        #expect(part["Content-Disposition"] == "attachment; filename=\"file\"; filename*=UTF-8''%C3%BC.bin")
        let tag = try #require(part["ETag"])
        let same = try await download("ü.bin", headers: ["If-None-Match": "\"x\", \(tag)"])
        #expect(same.status == 304 && same.reply.body.isEmpty)
        #expect(try await download("ü.bin", headers: ["Range": "bytes=1000000-"]).status == 416)
        #expect(try await download("ü.bin", headers: ["Range": "bytes=0-1,5-6"]).reply.body == content)
        let head = try await download("ü.bin", method: "HEAD")
        #expect(head["Content-Length"] == "1000000" && head.reply.body.isEmpty)
    }

    @Test func theArchiveHasAllFiles() async throws {
        let contents: [String: [UInt8]] = [
            "data/a.json": Array("{}".utf8), "data/empty": [],
            "ü.bin": (0..<600_000).map { UInt8(truncatingIfNeeded: $0) },
        ]
        for (path, body) in contents {
            let answer = try await server.send("POST", Self.path + "/artifacts?path=\(escaped(path))", body: body)
            #expect(answer.status == 201)
        }
        let archive = try await server.send("GET", Self.path + "/archive", headers: ["Accept-Encoding": "gzip"])
        #expect(archive.status == 200 && archive["Content-Type"] == "application/zip")
        #expect(archive["Content-Encoding"] == nil)
        #expect(archive["Content-Disposition"] == "attachment; filename=\"run.zip\"")
        let directory = try ScratchDirectory()
        let files = try Zip.unpack(archive.reply.body, in: directory.path + "/x")
        #expect(files.count == 6)
        for (path, body) in contents { #expect(files[path] == body, "\(path)") }
        for path in ["logs/session.log", "logs/module_input.log", "logs/module_nav%2Figation.log"] {
            #expect(files[path] == (try await download(path)).reply.body, "\(path)")
        }
    }

    /// Files are found under names that say what they are, whatever modules call themselves.
    @Test func namesOfModulesAreNoPaths() {
        func name(_ text: String) -> String { SessionLogs.fileName(Array(text.utf8)) }
        #expect(name("nav-2.core_x") == "nav-2.core_x" && name("../../etc") == "..%2F..%2Fetc" && name("ü") == "%C3%BC")
        let (one, two) = (name(String(repeating: "x", count: 1_000)), name(String(repeating: "x", count: 1_001)))
        #expect(one != two && one.utf8.count < 200)
    }
}
