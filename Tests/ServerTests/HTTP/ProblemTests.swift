import LogDB
import Query
import Testing

@testable import Server

@Suite struct ProblemTests {
    @Test func unknownPathsAndMethodsAreProblems() async throws {
        let server = try await RunningServer()
        for path in ["/nothing", "/api/v1/logs/", "/api/v2/logs", "/api/v1/logs/a/b/c", "/../etc/passwd"] {
            let answer = try await server.get(path)
            #expect(answer.status == 404)
            #expect(answer.problem == "not_found")
        }
        let wrong = try await server.send("PUT", "/api/v1/logs")
        #expect(wrong.status == 405)
        #expect(wrong.problem == "method_not_allowed")
        #expect(wrong["Allow"] == "DELETE, GET, HEAD, POST")
        #expect(try await server.send("POST", "/health").status == 405)
        #expect(try await server.get("/api/v1/logs/ingest")["Allow"] == "POST")
        #expect(try await server.send("PUT", "/api/v1/admin/compact")["Allow"] == "POST")
    }

    @Test func headHasNoBody() async throws {
        let server = try await RunningServer()
        for path in ["/health", "/", "/api/v1/logs", "/nothing", "/api/v1/logs/export"] {
            let connection = try RawConnection(port: server.port)
            await connection.send("HEAD \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let answer = await connection.readToEnd()
            #expect(answer.hasPrefix(path == "/nothing" ? "HTTP/1.1 404" : "HTTP/1.1 200"))
            #expect(!answer.contains("{"))
            #expect(!answer.contains("<"))
        }
    }

    @Test func connectionsServeManyRequests() async throws {
        let server = try await RunningServer()
        let connection = try RawConnection(port: server.port)
        let body = line("kept alive")
        // All at once, the problem in between included.
        await connection.send(
            "GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
                + "POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                + "GET /api/v1/logs?query=since:2025-01-03 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let answer = await connection.readToEnd()
        let statuses = answer.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.1) }
        #expect(statuses == ["200", "404", "200", "200"])
        #expect(answer.contains("kept alive"))
    }

    @Test func whatIsNoHTTPIsRefused() async throws {
        let server = try await RunningServer()
        let connection = try RawConnection(port: server.port)
        await connection.send("hello\r\n\r\n")
        #expect(await connection.readToEnd().hasPrefix("HTTP/1.1 400"))
        let long = try RawConnection(port: server.port)
        await long.send("GET / HTTP/1.1\r\nX-Long: \(String(repeating: "x", count: 200_000))\r\n\r\n")
        #expect(await !long.readToEnd().contains("200 OK"))
        #expect(try await server.get("/health").status == 200)
    }

    @Test func idleConnectionsAreClosed() async throws {
        var limits = ServerLimits()
        limits.idleTime = .milliseconds(50)
        let server = try await RunningServer(limits: limits)
        let silent = try RawConnection(port: server.port)
        #expect(await silent.readToEnd() == "")
        let halfway = try RawConnection(port: server.port)
        await halfway.send("GET /health HTTP/1.1\r\nHost:")
        #expect(await !halfway.readToEnd().contains("200 OK"))
    }

    @Test(arguments: [
        (LogError.Code.diskFull, 507, true), (.backpressure, 429, true), (.closed, 503, true),
        (.sequenceConflict, 409, false), (.sequenceExpired, 409, false), (.memoryBudget, 422, false),
        (.timeBudget, 422, false), (.invalidArgument, 400, false), (.io, 500, false), (.corruption, 500, false),
    ])
    func errorsOfTheStoreHaveTheirStatus(_ code: LogError.Code, _ status: Int, _ isRetryable: Bool) {
        let problem = Problem(LogError(code, "why"))
        #expect(problem.status == status)
        #expect(problem.code == code.name)
        #expect(problem.detail == "why")
        #expect((problem.retryAfterSeconds != nil) == isRetryable)
        #expect(Problem.title(status) != "Error")
    }

    @Test func allDiagnosticsOfAQueryAreTold() {
        let problem = Problem(
            QueryErrors([
                QueryDiagnostic(
                    code: "unknown_level", offset: 6, length: 4, message: "No level.", expected: ["WARN"],
                    suggestion: "WARN"),
                QueryDiagnostic(code: "other", offset: 20, length: 0, message: "Missing."),
            ]))
        let json = JSONValue(problem.json(requestID: "r1"))
        #expect(json?["status"]?.int == 400)
        #expect(json?["request_id"]?.text == "r1")
        #expect(
            json?["errors"]?[0]
                == .object([
                    "code": .text("unknown_level"), "offset": .number(6), "length": .number(4),
                    "message": .text("No level."), "expected": .array([.text("WARN")]), "suggestion": .text("WARN"),
                ]))
        #expect(json?["errors"]?.array.count == 2)
    }

    @Test(arguments: [
        "hello\r\n\r\n", "GET /\u{fc} HTTP/1.1\r\nHost: x\r\n\r\n", "FOO / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n", "\u{16}\u{3}\u{1}",
    ])
    func whatIsNoRequestIsAProblemToo(_ bytes: String) async throws {
        let server = try await RunningServer()
        let connection = try RawConnection(port: server.port)
        await connection.send(bytes)
        connection.finishSending()
        let answer = await connection.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("Content-Type: application/problem+json"))
        let body = answer.split(separator: "\r\n\r\n", maxSplits: 1).last ?? ""
        #expect(JSONValue(Array(body.utf8))?["code"]?.text == "malformed_request")
        #expect(JSONValue(Array(body.utf8))?["request_id"]?.text?.isEmpty == false)
    }

    @Test func anAnswerUnderWayIsNotMistakenForThatOfAMalformedRequest() async throws {
        let server = try await RunningServer()
        let connection = try RawConnection(port: server.port)
        // The refusal of the second one has its own reason.
        await connection.send(
            "GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /api/v1/logs?limit=0 HTTP/1.1\r\nHost: x\r\n\r\nhello\r\n\r\n")
        let answer = await connection.readToEnd()
        let statuses = answer.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.1) }
        #expect(statuses == ["200", "400", "400"])
        let codes = answer.matches(of: /"code":"([a-z_]+)","retryable"/).map { String($0.1) }
        #expect(codes == ["invalid_parameter", "malformed_request"])
    }

    @Test func aBodyThatNobodyReadsIsRefused() async throws {
        let server = try await RunningServer()
        for path in ["/api/v1/logs", "/api/v1/logs/histogram", "/api/v1/logs/export"] {
            let answer = try await server.send(
                "GET", path, headers: ["Content-Type": "application/json"], body: Array(#"{"query":"x"}"#.utf8))
            #expect(answer.status == 400)
            #expect(answer.problem == "unexpected_body")
            #expect(answer.json["detail"]?.text?.contains("POST") == (path == "/api/v1/logs"))
        }
    }

    @Test func whatIsQuotedIsHarmlessOnATerminal() async throws {
        let server = try await RunningServer()
        for value in ["\u{1b}[31m", "\u{9b}31m", "\u{7f}", "\u{202e}x", "\u{0}", "a\nb"] {
            for answer in [
                try await server.get("/api/v1/logs", nil, ["level": value]),
                try await server.get("/api/v1/logs?\(escaped(value))=1"),
                try await server.get("/api/v1/logs/" + escaped(value)),
                try await server.search("level:\"\(value)\""),
            ] {
                #expect(answer.problem != nil)
                var texts = [answer.json["detail"]?.text]
                for item in answer.json["errors"]?.array ?? [] {
                    texts += [item["message"]?.text, item["parameter"]?.text]
                }
                for text in texts {
                    let isPlain = (text ?? "").unicodeScalars.allSatisfy {
                        $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && $0.value != 0x202e
                    }
                    #expect(isPlain, "\(answer.text)")
                }
            }
        }
    }
}
