import Foundation
import LogModel
import TestSupport
import Testing

@testable import Agent

/// The transport over real sockets.
@Suite(.timeLimit(.minutes(5)))
struct TransportInputTests {
    private let directory: TemporaryDirectory
    private let intake = RecordingIntake()
    private let refusals = Refusals()
    private let endpoints: [String]

    init() throws {
        directory = try TemporaryDirectory()
        endpoints = ["ipc://\(directory.path)/sockets/a", "ipc://\(directory.path)/sockets/b"]
    }

    private func input() -> TransportInput {
        var settings = AgentConfiguration.Transport()
        settings.endpoints = endpoints
        let defaults = EntryDecoder.Defaults(
            device: "Robot-7", session: "shift", receivedAt: Timestamp(microseconds: 0))
        return TransportInput(settings, defaults: { defaults }, intake: intake, refusals: refusals)
    }

    /// Says something until it is heard: a connection is made in its own time.
    private func connect(_ publisher: TestPublisher, _ input: TransportInput) async throws {
        let count = input.receivedCount
        while input.receivedCount == count {
            publisher.send(#"{"message":"hello"}"#)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func spoken(_ entries: [Entry]) -> [Entry] { entries.filter { $0.message != "hello" } }

    @Test func takesJSONAndMessagePackFromEveryEndpoint() async throws {
        let input = input()
        try await input.start()
        let publishers = try endpoints.map { try TestPublisher($0) }
        for publisher in publishers { try await connect(publisher, input) }
        publishers[0].send(
            """
            {"session_id": "nav_42", "module_name": "navigation", "process_id": "12", "timestamp_us": 1735914732345678,
             "level": "ERROR", "logger_name": "Planner", "message": "line\\nbreak", "thread_id": "main",
             "context": {"camera_id": "front"}}
            """)
        // {"message": "packed", "level": "WARN", "n": 300}
        let packed: [UInt8] =
            [0x83, 0xa7] + Array("message".utf8) + [0xa6] + Array("packed".utf8) + [0xa5] + Array("level".utf8)
            + [0xa4] + Array("WARN".utf8) + [0xa1, 0x6e, 0xcd, 0x01, 0x2c]
        publishers[1].send([Array("roboticks/logs".utf8), packed])
        await input.stop()
        let entries = spoken(intake.entries).sorted { $0.message < $1.message }
        try #require(entries.count == 2)
        #expect(
            entries[0]
                == Entry(
                    time: Timestamp(microseconds: 1_735_914_732_345_678), level: .error, device: "Robot-7",
                    session: "nav_42", module: "navigation", logger: "Planner", process: "12", thread: "main",
                    message: "line\nbreak", context: [Entry.Attribute("camera_id", "front")]))
        #expect(entries[1].level == .warn)
        #expect(entries[1].session == "shift")
        #expect(entries[1].context == [Entry.Attribute("n", "300")])
        #expect(refusals.counts == [:])
    }

    @Test func countsWhatIsNoEntryAndKeepsItVisible() async throws {
        let input = input()
        try await input.start()
        let publisher = try TestPublisher(endpoints[0])
        try await connect(publisher, input)
        publisher.send("{\"message\": ")
        publisher.send(#"{"message": "m", "level": "LOUD"}"#)
        publisher.send(#"{"message": "m"}"#, topic: "roboticks/logs/other")
        publisher.send([Array("roboticks/logs".utf8)])
        publisher.send([Array("roboticks/logs".utf8), Array("{}".utf8), []])
        publisher.send([Array("roboticks/logs".utf8), [0x81, 0xa1]])
        publisher.send(#"{"message": "good"}"#)
        await input.stop()
        #expect(spoken(intake.entries).map(\.message) == ["good"])
        #expect(
            refusals.counts == [
                "invalid_json": 1, "invalid_level": 1, "unknown_topic": 1, "frame_count": 2, "invalid_messagepack": 1,
            ])
        #expect(refusals.examples.count == 6)
        #expect(refusals.examples[1].beginning.contains("LOUD"))
    }

    @Test func takesAnEntryWithoutATimeAsReceivedNow() async throws {
        let before = WallClock.now()
        let input = input()
        try await input.start()
        let publisher = try TestPublisher(endpoints[0])
        try await connect(publisher, input)
        await input.stop()
        let times = intake.entries.map(\.time)
        #expect(times.allSatisfy { $0 >= before && $0 <= WallClock.now() })
    }

    @Test func namesTheEndpointThatCannotBeBound() async throws {
        var settings = AgentConfiguration.Transport()
        settings.endpoints = ["tcp://192.0.2.1:5556"]
        let defaults = EntryDecoder.Defaults(device: "d", receivedAt: Timestamp(microseconds: 0))
        let input = TransportInput(settings, defaults: { defaults }, intake: intake, refusals: refusals)
        let error = await #expect(throws: AgentError.self) { try await input.start() }
        #expect(error?.code == .unusableEndpoint)
        #expect(error?.message.contains("192.0.2.1") == true)
    }
}
