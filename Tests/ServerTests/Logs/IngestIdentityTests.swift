import Testing

@testable import Server

@Suite struct IngestIdentityTests {
    private func headers(_ sequence: String, boot: String = "b1", device: String? = "Robot-1") -> [String: String] {
        var headers = ["X-Batch-Boot": boot, "X-Batch-Seq": sequence]
        headers["X-Batch-Device"] = device
        return headers
    }

    @Test func aBatchSentAgainIsStoredOnce() async throws {
        let server = try await RunningServer()
        let body = line("one") + "broken\n" + #"{"device":"a","message":"without a time"}"# + "\n"
        let first = try await server.ingest(body, headers: headers("1"))
        #expect(first.json["accepted"]?.int == 2)
        #expect(first.json["acked_through"]?.int == 1)
        let again = try await server.ingest(body, headers: headers("1"))
        #expect(again.status == 200)
        #expect(again.json["accepted"]?.int == 0)
        #expect(again.json["duplicates"]?.int == 2)
        #expect(again.json["acked_through"]?.int == 1)
        #expect(try await server.metric("logdb_entries_accepted_total") == 2)
    }

    @Test func otherContentIsAConflict() async throws {
        let server = try await RunningServer()
        try await server.ingest(line("one"), headers: headers("1"))
        let other = try await server.ingest(line("two"), headers: headers("1"))
        #expect(other.status == 409)
        #expect(other.problem == "sequence_conflict")
        #expect(try await server.messages() == ["one"])
        // Another boot or device counts for itself.
        #expect(try await server.ingest(line("two"), headers: headers("1", boot: "b2")).json["accepted"]?.int == 1)
        #expect(try await server.ingest(line("three"), headers: headers("1", device: "B")).json["accepted"]?.int == 1)
    }

    @Test func acknowledgementsStopAtTheFirstGap() async throws {
        let server = try await RunningServer()
        #expect(try await server.ingest(line("b"), headers: headers("2")).json["acked_through"] == nil)
        #expect(try await server.ingest(line("d"), headers: headers("4")).json["acked_through"] == nil)
        #expect(try await server.ingest(line("a"), headers: headers("1")).json["acked_through"]?.int == 2)
        #expect(try await server.ingest(line("c"), headers: headers("3")).json["acked_through"]?.int == 4)
    }

    @Test func theBodyMayNameTheBatch() async throws {
        let server = try await RunningServer()
        let body = #"{"device":"d","boot":"b","sequence":7,"entries":[{"message":"m"}]}"#
        #expect(try await server.ingest(body, type: "application/json").json["accepted"]?.int == 1)
        #expect(try await server.ingest(body, type: "application/json").json["duplicates"]?.int == 1)
        let agreeing = ["X-Batch-Boot": "b", "X-Batch-Seq": "7"]
        #expect(
            try await server.ingest(body, headers: agreeing, type: "application/json").json["duplicates"]?.int == 1)
        let other = ["X-Batch-Boot": "b", "X-Batch-Seq": "8"]
        #expect(try await server.ingest(body, headers: other, type: "application/json").problem == "invalid_identity")
    }

    @Test func halfAnIdentityIsRefused() async throws {
        let server = try await RunningServer()
        let cases: [[String: String]] = [
            ["X-Batch-Boot": "b"], ["X-Batch-Seq": "1"], headers("0"), headers("-1"), headers("one"),
            headers("1", device: nil), headers("1", boot: String(repeating: "b", count: 1_025)),
        ]
        for headers in cases {
            let answer = try await server.ingest(line("x"), headers: headers)
            #expect(answer.status == 400)
            #expect(answer.problem == "invalid_identity")
        }
        #expect(try await server.messages() == [])
    }
}
