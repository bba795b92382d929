import Foundation
import LogModel
import Testing

@testable import Agent

/// Files that grow, are rotated and are truncated while they are shipped.
@Suite(.timeLimit(.minutes(10)))
struct ShipFollowTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func lines(_ range: Range<Int>) -> String { range.map { "m\($0)\n" }.joined() }
    private func messages(_ range: Range<Int>) -> [String] { range.map { "m\($0)" } }

    /// Ships while `change` changes the files; each change is shown to have arrived before the next.
    private func follow(
        _ files: [String], _ change: (_ awaitEntryCount: (Int) async -> Void) async throws -> Void
    ) async throws -> (LogServerModel, ShipSummary) {
        let server = try LogServerModel()
        defer { server.stop() }
        var options = ShipOptions(
            files: files, server: server.url, device: "RBT-1", stateDirectory: directory.path + "/state")
        options.batchSize = 100
        options.isFollowing = true
        let stop = StopRequest()
        let running = Task { [options] in try await Ship.run(options, stop: stop, write: { _ in }) }
        try await change { await server.awaitEntryCount($0) }
        stop.make()
        return (server, try await running.value)
    }

    @Test func shipsWhatIsAppendedAndTheRestOnStop() async throws {
        let file = try directory.write("a.log", lines(0..<100))
        let (server, summary) = try await follow([file]) { awaitEntryCount in
            await awaitEntryCount(100)
            try directory.append("a.log", lines(100..<200))
            await awaitEntryCount(200)
            try directory.append("a.log", lines(200..<230) + "unfinished")
        }
        // Whether the last lines were seen before the stop is a matter of time; that they come once is not.
        #expect(summary.isComplete)
        #expect(messages(0..<230).starts(with: server.messages) && server.entries.count >= 200)
        try directory.append("a.log", " no more\n")
        let (next, _) = try await follow([file]) { _ in }
        let all = server.messages + next.messages
        #expect((messages(0..<230) + ["unfinished no more"]).starts(with: all))
    }

    @Test func goesOnWithTheNewFileAfterRotation() async throws {
        let file = try directory.write("a.log", lines(0..<100))
        let (server, _) = try await follow([file]) { awaitEntryCount in
            await awaitEntryCount(100)
            try directory.append("a.log", lines(100..<150))
            try FileManager.default.moveItem(atPath: file, toPath: file + ".1")
            try directory.write("a.log", lines(150..<250))
            await awaitEntryCount(250)
        }
        #expect(server.messages == messages(0..<250))
    }

    @Test func startsOverAfterTruncation() async throws {
        let file = try directory.write("a.log", lines(0..<200))
        let (server, _) = try await follow([file]) { awaitEntryCount in
            await awaitEntryCount(200)
            try directory.write("a.log", lines(500..<600))
            await awaitEntryCount(300)
            // More than there was before: the size alone does not show it.
            try directory.write("a.log", lines(1_000..<1_200))
            await awaitEntryCount(500)
        }
        #expect(server.messages == messages(0..<200) + messages(500..<600) + messages(1_000..<1_200))
    }

    @Test func shipsSeveralFiles() async throws {
        let first = try directory.write("a.log", lines(0..<100))
        let second = try directory.write("b.log", "")
        let (server, _) = try await follow([first, second, first]) { awaitEntryCount in
            await awaitEntryCount(100)
            try directory.append("b.log", lines(100..<200))
            await awaitEntryCount(200)
        }
        #expect(server.messages == messages(0..<200))
    }
}
