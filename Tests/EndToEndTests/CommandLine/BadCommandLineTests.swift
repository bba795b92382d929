import Foundation
import Glibc
import LogModel
import Testing

/// What the commands say of arguments, files and surroundings that they cannot work with.
@Suite(.serialized) struct BadCommandLineTests {
    @Test func argumentsThatMeanNothingEndWithTwo() async throws {
        let data = try DataDirectory()
        let file = try data.write("log.ndjson", "{\"device\":\"D\",\"message\":\"x\"}\n")
        let nothing = data.scratch.file("none")
        let long = String(repeating: "d", count: 1_025)
        let cases: [(arguments: [String], reason: String)] = [
            (["nope"], "nope"), (["query", "--nope"], "--nope"),
            (["query", "x", "--limit", "many", "--data", nothing], "--limit"),
            (["query", "x", "--order", "up", "--data", nothing], "'asc'"),
            (["query", "x", "--output", "xml", "--data", nothing], "'ndjson'"),
            (["query", "x", "--color", "maybe", "--data", nothing], "'always'"),
            (["query", "x", "--data", nothing, "--server", "http://127.0.0.1:1"], "not both"),
            (["query", "x", "--data", ""], "--data names no directory"),
            (["serve", "--data", "", "--auth", "none"], "--data names no directory"),
            (["query", "x", "--server", ""], "“” is no server's URL"),
            (["query", "x", "--server", "ftp://x"], "“ftp://x” is no server's URL"),
            (["query", "x", "--data", file], "there is no store"),
            (["export", "--format", "xml", "--data", nothing], "'ndjson'"),
            (["ingest", file, "--data", file], "log.ndjson: "), (["ingest", file, "--data", "/proc/x"], "/proc/x: "),
            (["ingest", file, "--data", nothing, "--batch-size", "0"], "--batch-size"),
            (["ingest", file, "--data", nothing, "--batch-size", "65537"], "65536"),
            (["ingest", file, "--data", nothing, "--format", "xml"], "'text'"),
            (["ingest", file, "--data", nothing, "--device", ""], "--device"),
            (["ingest", file, "--data", nothing, "--device", long], "--device has 1025 bytes, at most 1024"),
            (["ingest", file, "--data", nothing, "--session", long], "--session has 1025 bytes"),
            (["ingest", file, "--data", nothing, "--module", long], "--module has 1025 bytes"),
        ]
        for (arguments, reason) in cases {
            let answer = try await run(Binaries.logdb, arguments, in: data.scratch)
            #expect(answer.status == 2, "\(arguments)")
            #expect(answer.output == "", "\(arguments)")
            #expect(answer.errors.contains(reason), "\(arguments): \(answer.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: nothing))
        let agent: [(arguments: [String], reason: String)] = [
            (["ship"], "<files>"), (["ship", file], "--server URL"),
            (["ship", file, "--server", "ftp://x"], "http://"),
            (["ship", file, "--server", "http://127.0.0.1:1", "--device", long], "at most 1024"),
            (["ship", file, "--server", "http://127.0.0.1:1", "--batch-size", "5"], "100 to 10000"),
            (
                ["ship", nothing, "--server", "http://127.0.0.1:1", "--state", data.scratch.file("state")],
                "No such file"
            ),
            (["ship", file, "--server", "http://127.0.0.1:1", "--state", "/proc/x"], "make the directory"),
            (["ship", file, "--server", "http://127.0.0.1:1", "--state", file], "make the directory"),
        ]
        for (arguments, reason) in agent {
            let answer = try await run(Binaries.agent, arguments, in: data.scratch)
            #expect(answer.status == 2, "\(arguments)")
            #expect(answer.errors.contains(reason), "\(arguments): \(answer.errors)")
        }
    }

    @Test func whatIsCompressedIsNotStoredAsText() async throws {
        let data = try DataDirectory()
        let text = Array("{\"device\":\"D\",\"message\":\"packed\",\"time\":\"2025-01-03T14:00:00Z\"}\n".utf8)
        let packed = data.scratch.file("log.ndjson.zst")
        try Data(Zstd.compress(text, level: 3)).write(to: URL(fileURLWithPath: packed))
        let good = try data.write("good.ndjson", "{\"device\":\"D\",\"message\":\"good\"}\n")
        let answer = try await data.logdb(["ingest", packed, good, "--device", "D"])
        #expect(answer.status == 2)
        #expect(answer.errors.contains("zstd -dc \(packed) | logdb ingest -"), "\(answer.errors)")
        #expect(answer.output.contains("good.ndjson: 1 accepted"))
        let piped = try await data.logdb(["ingest", "-", "--device", "D"], input: packed)
        #expect(piped.status == 2)
        #expect(piped.errors.contains("compressed with zstd"))
        #expect(try await data.entries().map(\.message) == ["good"])
        let shipped = try await run(
            Binaries.agent,
            ["ship", packed, "--server", "http://127.0.0.1:1", "--device", "D", "--state", data.scratch.file("state")],
            in: data.scratch)
        #expect(shipped.status == 2)
        #expect(shipped.errors.contains("zstd -dc"), "\(shipped.errors)")
    }

    /// A process that is started without standard output or error gives their numbers to no file of the store.
    @Test func closedStreamsAreNoFilesOfTheStore() async throws {
        let data = try DataDirectory()
        let file = try data.write(
            "log.ndjson",
            (0..<50).map {
                "{\"device\":\"D\",\"timestamp_us\":\(1_735_900_000_000_000 + $0),\"message\":\"\($0)\"}\nbad\n"
            }
            .joined())
        func shell(_ command: String) async throws -> (status: Int32, output: String, errors: String) {
            try await run("/bin/bash", ["-c", "exec \(Binaries.logdb) \(command)"], in: data.scratch)
        }
        for _ in 0..<2 {
            #expect(try await shell("ingest \(file) --again --data \(data.path) <&- >&- 2>&-").status == 2)
        }
        let unread = try await shell("query since:2025-01-01 --data \(data.path) >&-")
        #expect(unread.status == 2)
        #expect(unread.errors.contains("standard output: Bad file descriptor"), "\(unread.errors)")
        let unfed = try await shell("ingest - --device D --data \(data.path) <&-")
        #expect(unfed.status == 2)
        #expect(unfed.errors.contains("standard input: Bad file descriptor"), "\(unfed.errors)")
        #expect(try await data.entries().count == 100)
    }

    @Test func anOutputThatIsFullIsTold() async throws {
        let data = try DataDirectory()
        try await data.ingest("log.ndjson", "{\"device\":\"D\",\"message\":\"x\",\"time\":\"2025-01-03T14:00:00Z\"}\n")
        for command in ["query since:2025-01-01", "export", "admin stats"] {
            let answer = try await run(
                "/bin/bash", ["-c", "exec \(Binaries.logdb) \(command) --data \(data.path) >/dev/full"],
                in: data.scratch)
            #expect(answer.status == 2, "\(command)")
            #expect(answer.errors.contains("No space left on device"), "\(answer.errors)")
        }
    }

    @Test func anExportThatIsCutShortLeavesTheOlderFile() async throws {
        let data = try DataDirectory()
        let file = try data.write("out.ndjson", "older")
        let server = try CuttingServer()
        let answer = try await run(
            Binaries.logdb, ["export", "--out", file, "--server", server.url], in: data.scratch)
        #expect(answer.status == 2)
        #expect(answer.errors.contains("ended the connection"), "\(answer.errors)")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "older")
        #expect(!FileManager.default.fileExists(atPath: file + ".partial"))
    }
}

/// Answers the first request with the beginning of an answer, and closes the connection.
private final class CuttingServer: Sendable {
    let url: String

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw Stuck("no port to listen on") }
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread {
            let connection = accept(listener, nil, nil)
            var request = [UInt8](repeating: 0, count: 65_536)
            _ = recv(connection, &request, request.count, 0)
            let rows = String(repeating: "{}\n", count: 40_000)
            let answer =
                "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "\(String(rows.utf8.count, radix: 16))\r\n\(rows)\r\n"
            let bytes = Array(answer.utf8)
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
                guard count > 0 else { break }
                sent += count
            }
            close(connection)
            close(listener)
        }
    }
}
