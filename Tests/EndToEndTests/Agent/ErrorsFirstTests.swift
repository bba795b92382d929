import Foundation
import TestSupport
import Testing

/// A real agent whose server was away while it logged: what came last and matters most is there first.
@Suite(.serialized) struct ErrorsFirstTests {
    private static let debugCount = 30_000
    /// Those that were cut into batches before the errors came: two batches at most.
    private static let readyCountMax = 10_000

    @Test func theErrorsOfABacklogAreStoredFirst() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        let agent = try TestAgent(
            in: directory, server: server.url, upload: "batch_interval_ms: 100, buffer_size: 100000")
        try agent.start()
        let publisher = try await agent.publisher()
        for number in 0..<Self.debugCount {
            publisher.send("{\"level\":\"DEBUG\",\"message\":\"step \(number).\"}")
        }
        let errors = (0..<5).map { "failure \($0)." } + ["the end."]
        for message in errors {
            publisher.send("{\"level\":\"\(message == "the end." ? "FATAL" : "ERROR")\",\"message\":\"\(message)\"}")
        }
        try await agent.awaitSpooled("the end.")
        // Which of them are in batches is on the disk with these.
        await agent.killNow()
        try agent.start()
        try await server.start()
        try await agent.waitUntil("the last step is stored", every: .milliseconds(100)) {
            try await !server.export("since:1970-01-01 \"step \(Self.debugCount - 1).\"").isEmpty
        }
        #expect(await agent.stop() == 0, "\(agent.process?.errors ?? "")")
        let rows = try await server.export().filter { !$0.message.hasPrefix("hello") }
        let steps = rows.filter { $0.level == "DEBUG" }
        #expect(Set(steps.map(\.message)) == Set((0..<Self.debugCount).map { "step \($0)." }))
        #expect(rows.count == Self.debugCount + errors.count)
        let failures = rows.filter { $0.level != "DEBUG" }
        #expect(failures.map(\.message).sorted() == errors.sorted())
        // RFC 3339 of one length: their order as text is that of the times.
        let last = try #require(failures.compactMap(\.received).max())
        let earlier = steps.compactMap(\.received).filter { $0 < last }
        #expect(earlier.count <= Self.readyCountMax)
        #expect(steps.compactMap(\.received).count == Self.debugCount)
        #expect(await server.stop() == 0)
    }
}
