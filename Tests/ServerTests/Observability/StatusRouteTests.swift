import LogDB
import LogModel
import Testing

@testable import Server

@Suite struct StatusRouteTests {
    @Test func theServerTellsHowItIs() async throws {
        let server = try await RunningServer()
        let before = Timestamp.now
        let health = try await server.get("/health").json
        #expect(health["status"]?.text == "ok")
        let time = try #require(health["time"]?.text.flatMap { Timestamp(rfc3339: $0) })
        #expect(before <= time && time <= Timestamp.now)
        #expect(try await server.get("/ready").json == .object(["status": .text("ready")]))
        let version = try await server.get("/api/v1/version").json
        #expect(version["name"]?.text == "logdb")
        #expect(version["version"]?.text == ServerVersion.text)
        let limits = try await server.get("/api/v1/limits").json
        #expect(limits["body_bytes"]?.int == 33_554_432)
        #expect(limits["line_bytes"]?.int == 1_048_576)
        #expect(limits["rows"]?.int == 10_000)
        #expect(limits["query_seconds"]?.int == 30)
    }

    @Test func aStoreThatTakesNothingIsNotReady() async throws {
        let server = try await RunningServer()
        await server.server.store.close()
        let ready = try await server.get("/ready")
        #expect(ready.status == 503)
        #expect(ready.problem == "closed")
        #expect(try await server.get("/health").status == 200)
        let refused = try await server.ingest(line("x"))
        #expect(refused.status == 503)
        #expect(refused["Retry-After"] != nil)
        #expect(try await server.get("/metrics").text.contains("logdb_accepting 0"))
    }

    @Test func metricsAreForPrometheus() async throws {
        let server = try await RunningServer()
        try await server.ingest(line("x") + "broken\n")
        _ = try await server.get("/nothing")
        let answer = try await server.get("/metrics")
        #expect(answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
        let lines = answer.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("logdb_entries_accepted_total 1"))
        #expect(lines.contains(#"logdb_http_requests_total{route="/api/v1/logs/ingest",status="200"} 1"#))
        #expect(lines.contains(#"logdb_http_requests_total{route="none",status="404"} 1"#))
        var described: Set<Substring> = []
        for line in lines {
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE ") { described.insert(words[2]) }
            guard !line.hasPrefix("#") else { continue }
            let name = words[0].prefix { $0 != "{" }
            #expect(name.hasPrefix("logdb_"))
            #expect(described.contains(name))
            #expect(Double(words[words.count - 1]) != nil)
        }
        #expect(try #require(try await server.metric("logdb_process_resident_bytes")) > 1_000_000)
    }

    @Test func labelsAreEscaped() {
        var text = PrometheusText()
        text.sample("logdb_x", labels: ["a": "q\"b\\c\nd"], 1)
        #expect(String(decoding: text.bytes, as: UTF8.self) == "logdb_x{a=\"q\\\"b\\\\c\\nd\"} 1\n")
    }
}
