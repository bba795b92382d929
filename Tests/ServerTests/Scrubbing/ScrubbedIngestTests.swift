import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// What is scrubbed is nowhere, whatever way it came.
struct ScrubbedIngestTests {
    @Test func nothingScrubbedIsStored() async throws {
        let server = try await RunningServer(scrubRules: [ScrubRule(builtIn: "email")!])
        try await server.ingest(#"{"device":"D","message":"to anna@example.org","context":{"cc":"bob@example.org"}}"#)
        try await server.store([Entry(time: .now, device: "D", message: "frame for carl@example.org")])
        // Of a batch that is refused for one entry the other is stored.
        let mixed = try await server.ingest(
            #"{"device":"D","message":"late dora@example.org"}"# + "\n"
                + #"{"device":"D","level":"LOUD","message":"x"}"#)
        #expect(mixed.json["accepted"]?.int == 1 && mixed.json["quarantine_id"] != nil)
        let found = try await server.search("since:1970-01-01", ["limit": "100"])
        #expect(found.json["rows"]?.array.count == 3 && !found.text.contains("example.org"), "\(found.text)")
        #expect(found.text.contains("to [email]") && found.text.contains("frame for [email]"))
        #expect(try await server.messages("example").isEmpty)
        let rules = try await server.get("/api/v1/admin/scrubbing").json
        #expect(rules["rules"]?[0]?["class"]?.text == "email" && rules["rules"]?[0]?["replaced"]?.int == 4)
        #expect(try await server.get("/metrics").text.contains(#"logdb_scrubbed_total{class="email"} 4"#))
    }

    /// A batch is known again though what was stored of it is another text.
    @Test func aBatchSentAgainIsADuplicate() async throws {
        let server = try await RunningServer(scrubRules: [ScrubRule(builtIn: "email")!])
        let headers = ["X-Batch-Boot": "b", "X-Batch-Seq": "1", "X-Batch-Device": "D"]
        let entry = #"{"device":"D","message":"anna@example.org"}"#
        #expect(try await server.ingest(entry, headers: headers).json["accepted"]?.int == 1)
        #expect(try await server.ingest(entry, headers: headers).json["duplicates"]?.int == 1)
    }
}
