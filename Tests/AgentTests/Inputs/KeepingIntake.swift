import LogModel
import Synchronization
import Testing

@testable import Agent

/// Keeps entries and marks together, as the spool does; syncs when it is told to.
final class KeepingIntake: EntryIntake {
    private struct State {
        var entries: [Entry] = []
        var marks: [String: [UInt8]] = [:]
        var unsynced: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let syncsAtOnce: Bool

    init(syncsAtOnce: Bool = true) { self.syncsAtOnce = syncsAtOnce }

    var entries: [Entry] { state.withLock { $0.entries } }
    var messages: [String] { entries.map(\.message) }

    func take(_ batch: Batch) {
        state.withLock { state in state.entries += (0..<batch.count).map { batch[$0] } }
    }

    func put(_ batch: Batch, mark: InputMark?, whenSynced: (@Sendable () -> Void)?) async throws(AgentError) {
        state.withLock { state in
            state.entries += (0..<batch.count).map { batch[$0] }
            if let mark { state.marks[mark.input] = mark.value }
            if let whenSynced, !syncsAtOnce { state.unsynced.append(whenSynced) }
        }
        if syncsAtOnce { whenSynced?() }
    }

    func mark(of input: String) async -> [UInt8]? { state.withLock { $0.marks[input] } }

    /// Waits for so many entries; gives up after a time that only a failure takes.
    func awaitMessages(_ count: Int) async throws -> [String] {
        let deadline = ContinuousClock.now + .seconds(60)
        while entries.count < count, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        return messages
    }
}

/// What inputs of tests need.
struct InputBench {
    let directory: TemporaryDirectory
    let intake: KeepingIntake
    let refusals = Refusals()

    init(intake: KeepingIntake = KeepingIntake()) throws {
        directory = try TemporaryDirectory()
        self.intake = intake
    }

    var context: SourceContext {
        SourceContext(intake: intake, refusals: refusals, defaults: defaults, say: { _ in })
    }

    var defaults: @Sendable () -> EntryDecoder.Defaults {
        { EntryDecoder.Defaults(device: "D", session: "s", receivedAt: Timestamp(microseconds: 7)) }
    }

    /// Waits for as many entries, and expects that these are their messages.
    func expect(_ messages: [String]) async throws {
        let found = try await intake.awaitMessages(messages.count)
        #expect(found == messages)
    }

    /// Runs an input while `body` does.
    func running(_ settings: InputSettings, _ body: () async throws -> Void) async throws {
        let (stop, context) = (StopRequest(), context)
        let task = Task { try await Inputs.run([settings], context: context, stop: stop) }
        do { try await body() } catch {
            stop.make()
            throw error
        }
        stop.make()
        try await task.value
    }
}
