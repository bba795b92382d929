import LogDB
import LogModel
import Testing

@testable import Server

@Suite struct EntryRouteTests {
    @Test func anEntryIsFoundByItsIdentity() async throws {
        let server = try await RunningServer()
        try await server.store([entry("one"), entry("two", at: 1)])
        let row = try #require(try await server.search("since:2025-01-03 two").json["rows"]?[0])
        let id = try #require(row["id"]?.text)
        #expect(try await server.get("/api/v1/logs/\(id)").json == row)
        for unknown in ["nothing", "0-0-0-0", "%2F"] {
            let answer = try await server.get("/api/v1/logs/\(unknown)")
            #expect(answer.status == 404)
            #expect(answer.problem == "unknown_entry")
        }
    }

    @Test func neighboursAreOfTheSameSession() async throws {
        let server = try await RunningServer()
        try await server.store(
            (0..<20).flatMap { [entry("s\($0)", at: Double($0)), entry("x\($0)", at: Double($0), session: "other")] })
        let id = try #require(try await server.search("since:2025-01-03 s10").json["rows"]?[0]?["id"]?.text)
        let answer = try await server.get("/api/v1/logs/\(id)/context", nil, ["before": "2", "after": "3"])
        #expect(
            answer.json["rows"]?.array.map { $0["message"]?.text } == ["s8", "s9", "s10", "s11", "s12", "s13"])
        #expect(answer.json["index"]?.int == 2)
        let all = try await server.get("/api/v1/logs/\(id)/context")
        #expect(all.json["rows"]?.array.count == 20)
        #expect(try await server.get("/api/v1/logs/0-0-0-0/context").problem == "unknown_entry")
        #expect(
            try await server.get("/api/v1/logs/\(id)/context", nil, ["before": "-1"]).problem == "invalid_parameter")
    }

    @Test func identitiesAreWrittenAsTheStoreWritesThem() {
        var random = SeededGenerator(seed: 7)
        var text: [UInt8] = []
        for _ in 0..<1_000 {
            let shift = UInt64.random(in: 0..<64, using: &random)
            let key = EntryKey(
                time: Int64(bitPattern: random.next() >> shift), device: UInt32(truncatingIfNeeded: random.next()),
                session: random.next() >> shift, sequence: random.next() >> (63 - shift))
            key.writeID(to: &text)
            #expect(String(decoding: text, as: UTF8.self) == key.id)
        }
    }
}
