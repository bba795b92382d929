import Foundation
import HTTPTransport
import Testing

/// What the document of the query language says that its examples find is what they find, among the entries that it lists.
@Suite(.serialized) struct DocumentResultTests {
    private static let path = "docs/QUERY.md"

    /// A server with the document's entries, and their messages in the document's order.
    private static func served(
        _ body: (TestServer, ScratchDirectory, Document, _ messages: [String]) async throws -> Void
    ) async throws {
        let document = try Document(path)
        let lines = try #require(document.listings("ndjson").first).lines
        let messages = try lines.map { line in
            let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(entry?["message"] as? String)
        }
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: scratch.file("entries.ndjson"), atomically: false, encoding: .utf8)
        let ingest = try await run(
            Binaries.logdb, ["ingest", scratch.file("entries.ndjson"), "--server", server.url], in: scratch)
        #expect(ingest.status == 0, "\(ingest.errors)")
        try await body(server, scratch, document, messages)
        #expect(await server.stop() == 0)
    }

    /// Tables say behind each query which entries it finds, by their numbers.
    @Test func queriesFindWhatTheTablesSay() async throws {
        try await Self.served { server, _, document, messages in
            let transport = HTTPTransport()
            var count = 0
            for row in document.rows(inTablesEndingWith: "here") {
                let claims = row.last.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
                try #require(claims.count == row.code.count, "\(row.code): \(row.last)")
                for (text, claim) in zip(row.code, claims) {
                    // `>=` and the like stand for the comparison before them.
                    let query = text.wholeMatch(of: /[<>]=?/) == nil ? text : "retry_count:\(text)2"
                    let escaped = "\(query) since:2025-01-01".addingPercentEncoding(
                        withAllowedCharacters: .alphanumerics)
                    let reply = try await transport.send(
                        HTTPCall(
                            url: "\(server.url)/api/v1/logs?order=asc&query=\(escaped ?? "")", timeout: .seconds(300)))
                    let answer = try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any]
                    let rows = try #require(answer?["rows"] as? [[String: Any]], "\(query)")
                    let numbers = rows.map { row in
                        messages.firstIndex { $0 == row["message"] as? String }.map { String($0 + 1) } ?? "?"
                    }
                    #expect(numbers.joined(separator: " ") == claim, "\(query)")
                    count += 1
                }
            }
            #expect(count > 45)
        }
    }

    /// Listings show commands, and what they print.
    @Test func commandsPrintWhatIsShown() async throws {
        try await Self.served { server, scratch, document, _ in
            try FileManager.default.createDirectory(atPath: scratch.file("bin"), withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(
                atPath: scratch.file("bin/logdb"), withDestinationPath: Binaries.logdb)
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            let environment = ["PATH": scratch.file("bin") + ":" + path, "LOGDB_SERVER": server.url]
            let examples = document.consoleExamples
            #expect(examples.count > 20)
            for example in examples {
                let answer = try await run(
                    "/bin/bash", ["-c", example.command + " 2>&1"], in: scratch, environment: environment)
                #expect(answer.output == example.output, "\(Self.path):\(example.firstLine): \(example.command)")
            }
        }
    }
}
