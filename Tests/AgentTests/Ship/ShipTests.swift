import Foundation
import LogModel
import Synchronization
import Testing

@testable import Agent

/// Files through the whole of `ship` to a server that keeps count.
@Suite(.timeLimit(.minutes(10)))
struct ShipTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func options(_ files: [String], _ server: LogServerModel) -> ShipOptions {
        ShipOptions(files: files, server: server.url, device: "RBT-1", stateDirectory: directory.path + "/state")
    }

    private func ship(
        _ options: ShipOptions, stop: StopRequest = StopRequest(), log: Log = Log()
    ) async throws -> ShipSummary {
        try await Ship.run(options, stop: stop, write: { log.add($0) })
    }

    /// What went to standard error.
    final class Log: Sendable {
        private let state = Mutex("")
        var text: String { state.withLock { $0 } }
        func add(_ text: String) { state.withLock { $0 += text } }
    }

    private func line(_ number: Int) -> String {
        #"{"message":"m\#(number)","level":"WARN","timestamp_us":\#(1_700_000_000_000_000 + number)}"# + "\n"
    }
    private func lines(_ range: Range<Int>) -> String { range.map(line).joined() }
    private func messages(_ range: Range<Int>) -> [String] { range.map { "m\($0)" } }

    @Test func shipsEveryLineOnceAndNothingAgain() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        let file = try directory.write("a.ndjson", lines(0..<2_345))
        let first = try await ship(options([file], server))
        #expect(server.messages == messages(0..<2_345))
        #expect(server.batchSizes == [1_000, 1_000, 345])
        #expect(first.acceptedCount == 2_345 && first.batchCount == 3 && first.isComplete)
        #expect(
            server.entries[7]
                == Entry(
                    time: Timestamp(microseconds: 1_700_000_000_000_007), level: .warn, device: "RBT-1", message: "m7"))

        let second = try await ship(options([file], server))
        #expect(second.acceptedCount == 0 && second.batchCount == 0 && second.isComplete)
        try directory.append("a.ndjson", line(2_345))
        #expect(try await ship(options([file], server)).acceptedCount == 1)
        #expect(server.messages == messages(0..<2_346))
        #expect(Set(server.identities.map(\.sequence)) == [1, 2, 3, 4])
        #expect(Set(server.identities.map(\.boot)).count == 1)
        #expect(directory.files("state").filter { $0.contains("/spool/") } == [])
    }

    @Test func keepsWhatALineSaysAndFillsInTheRest() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        let file = try directory.write(
            "a.ndjson", #"{"message":"a","device":"OTHER","session":"s2","module":"nav"}"# + "\n" + #"{"message":"b"}"#)
        var options = options([file], server)
        options.session = "s1"
        options.module = "core"
        _ = try await ship(options)
        #expect(server.entries.map(\.device) == ["OTHER", "RBT-1"])
        #expect(server.entries.map(\.session) == ["s2", "s1"])
        #expect(server.entries.map(\.module) == ["nav", "core"])
        #expect(server.identities.map(\.device) == ["RBT-1"])
    }

    @Test func namesTheBatchesItselfWhereTheLinesNameTheirDevices() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        let file = try directory.write(
            "a.ndjson", #"{"message":"a","device":"D1"}"# + "\n" + #"{"message":"b"}"# + "\n")
        var options = options([file], server)
        options.device = nil
        let summary = try await ship(options)
        #expect(summary.acceptedCount == 1 && summary.refusedCount == 1)
        #expect(server.identities.allSatisfy { $0.device.hasPrefix("ship:") && $0.device.count > 5 })
        #expect(try directory.text("state/rejected.ndjson").contains("missing_device"))
    }

    @Test func takesALostAnswerForWhatItIs() async throws {
        let server = try LogServerModel { $0 % 2 == 0 ? .takeAndReset : .take }
        defer { server.stop() }
        let file = try directory.write("a.ndjson", lines(0..<3_000))
        let summary = try await ship(options([file], server))
        #expect(server.messages == messages(0..<3_000))
        #expect(server.conflictCount == 0)
        #expect(summary.acceptedCount + summary.duplicateCount == 3_000)
        #expect(summary.duplicateCount >= 1_000)
    }

    @Test func goesOnAfterEveryInterruption() async throws {
        // Each run is stopped while its third request is on the wire; half of those are stored without an answer.
        let stop = Mutex(StopRequest())
        let server = try LogServerModel { number in
            guard number % 3 == 2 else { return .take }
            stop.withLock { $0 }.make()
            return number % 2 == 0 ? .takeAndReset : .refuse(503, "draining")
        }
        defer { server.stop() }
        let file = try directory.write("a.ndjson", lines(0..<2_000))
        var options = options([file], server)
        options.batchSize = 100
        var isComplete = false
        var runCount = 0
        while !isComplete {
            let next = StopRequest()
            stop.withLock { $0 = next }
            isComplete = try await ship(options, stop: next).isComplete
            runCount += 1
            try #require(runCount < 100)
        }
        #expect(runCount >= 3)
        #expect(server.messages == messages(0..<2_000))
        #expect(server.conflictCount == 0)
    }

    @Test func refusesBadLinesAndKeepsThem() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        let bytes = Array((line(0) + "\n{broken\n" + line(1) + #"{"message":"x","level":"LOUD"}"# + "\n").utf8)
        let file = try directory.write("a.ndjson", bytes + [0x7b, 0x22, 0xff, 0x0a] + Array(line(2).utf8))
        let log = Log()
        let summary = try await ship(options([file], server), log: log)
        #expect(server.messages == messages(0..<3))
        #expect(summary.acceptedCount == 3 && summary.refusedCount == 3 && summary.isComplete)
        #expect(log.text.contains("\(file):3: invalid_json"))
        #expect(log.text.contains("\(file):5: invalid_level"))
        let kept = try directory.text("state/rejected.ndjson").split(separator: "\n")
        #expect(kept.count == 3)
        #expect(kept[0].contains(#""line":3"#) && kept[0].contains(#""text":"{broken""#))
        #expect(kept[1].contains(#""text":"{\"message\":\"x\",\"level\":\"LOUD\"}""#))
        #expect(kept[2].contains(#""base64":"eyL/""#) && kept[2].contains(#""line":6"#))
        // Refused once, not again.
        #expect(try await ship(options([file], server)).refusedCount == 0)
    }

    @Test func passesOverAFileOfBadLinesOnly() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        let file = try directory.write("a.ndjson", String(repeating: "bad\n", count: 2_500))
        let log = Log()
        #expect(try await ship(options([file], server), log: log).refusedCount == 2_500)
        #expect(server.requestCount == 0)
        #expect(try directory.text("state/rejected.ndjson").split(separator: "\n").count == 2_500)
        #expect(log.text.split(separator: "\n").count == ShipProgress.refusalShownCountMax + 1)
        #expect(try await ship(options([file], server)).refusedCount == 0)
    }

    @Test func setsAsideWhatTheServerRefuses() async throws {
        let server = try LogServerModel { number in
            switch number {
            case 0: .refuse(422, "strange")
            case 1: .takeAllBut(2)
            default: .take
            }
        }
        defer { server.stop() }
        let file = try directory.write("a.ndjson", lines(0..<300))
        var options = options([file], server)
        options.batchSize = 100
        let log = Log()
        let summary = try await ship(options, log: log)
        #expect(server.messages == messages(102..<300))
        #expect(summary.acceptedCount == 198 && summary.refusedCount == 102 && summary.isComplete)
        #expect(summary.quarantinePaths.count == 2)
        #expect(directory.files("state/quarantine").count == 4)
        var decompressor = ZstdDecompressor()
        let kept = try Files.read(summary.quarantinePaths[0]).withUnsafeBytes {
            try BatchFrame.decode($0, using: &decompressor)
        }
        #expect(kept.count == 100 && kept[0].message == "m0")
        #expect(log.text.contains("status 422") && log.text.contains("strange") && log.text.contains("expired"))
    }

    @Test func tellsTextFromNDJSON() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        let text = try directory.write("app.log", "2025-01-03T14:32:12Z ERROR motor stalled\nplain\n")
        let json = try directory.write("json.log", "\n \n" + line(1))
        let summary = try await ship(options([text, json], server))
        #expect(summary.acceptedCount == 3)
        #expect(server.messages == ["2025-01-03T14:32:12Z ERROR motor stalled", "plain", "m1"])
        #expect(server.entries.map(\.level) == [.error, .info, .warn])

        var unnamed = options([text], server)
        unnamed.device = nil
        let error = await #expect(throws: AgentError.self) { try await ship(unnamed) }
        #expect(error?.code == .invalidArgument && error?.message.contains("--device") == true)
    }

    @Test func saysWhenAnotherShipIsUnderWay() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        let file = try directory.write("a.ndjson", line(1))
        let store = try ShipStore(base: directory.path + "/state", server: server.url, device: "RBT-1")
        let error = await #expect(throws: AgentError.self) { try await ship(options([file], server)) }
        #expect(error?.code == .locked)
        withExtendedLifetime(store) {}
    }

    /// The directory is free when the run has ended, however it ended.
    @Test func anEndedRunHoldsNothing() async throws {
        let server = try LogServerModel { _ in .refuse(404, "not_found") }
        defer { server.stop() }
        let file = try directory.write("a.ndjson", lines(0..<2_000))
        var options = options([file], server)
        options.batchSize = 100
        for _ in 0..<5 {
            let error = await #expect(throws: AgentError.self) { try await ship(options) }
            #expect(error?.code == .unusableServer)
        }
    }

    @Test func stopsWhereThereIsNoIngestRouteAndLosesNothing() async throws {
        let server = try LogServerModel { $0 == 0 ? .refuse(404, "not_found") : .take }
        defer { server.stop() }
        let file = try directory.write("a.ndjson", lines(0..<5_000))
        var options = options([file], server)
        options.batchSize = 100
        let error = await #expect(throws: AgentError.self) { try await ship(options) }
        #expect(error?.code == .unusableServer)
        #expect(server.entries.isEmpty)
        let log = Log()
        #expect(try await ship(options, log: log).isComplete)
        #expect(log.text.contains("of an earlier run"))
        #expect(server.messages == messages(0..<5_000))
    }

    @Test func saysWhatIsWrongWithTheOptions() async throws {
        var options = ShipOptions(files: [], server: "localhost", device: "", stateDirectory: "")
        options.batchSize = 99
        #expect(options.validate().count == 5)
        let error = await #expect(throws: AgentError.self) { try await ship(options) }
        #expect(error?.code == .invalidArgument)
        let server = try LogServerModel()
        defer { server.stop() }
        let none = await #expect(throws: AgentError.self) {
            try await ship(self.options([directory.path + "/none"], server))
        }
        #expect(none?.code == .io)
    }
}
