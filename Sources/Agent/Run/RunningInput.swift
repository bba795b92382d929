import LogModel
import Synchronization

/// An input that runs until it is told to stop.
final class RunningInput: AgentInput {
    let name: String
    private let counting: CountingIntake
    private let body: @Sendable (any EntryIntake, StopRequest) async throws(AgentError) -> Void
    private let say: @Sendable (String) -> Void
    private let stopping = StopRequest()
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// - Parameters:
    ///   - counting: Where it reads into.
    ///   - say: Told why it ended, where it did so by itself.
    ///   - body: Reads into the intake until the stop.
    init(
        _ name: String, counting: CountingIntake, say: @escaping @Sendable (String) -> Void,
        body: @escaping @Sendable (any EntryIntake, StopRequest) async throws(AgentError) -> Void
    ) {
        self.name = name
        self.say = say
        self.body = body
        self.counting = counting
    }

    var receivedCount: Int { counting.count }

    func start() async throws(AgentError) {
        let running = Task { [self] in
            do throws(AgentError) {
                try await body(counting, stopping)
            } catch {
                // The agent goes on with its other inputs.
                if error.code != .stopping { say("the input \(name) has ended: \(error.message)") }
            }
        }
        task.withLock { $0 = running }
    }

    func stop() async {
        stopping.make()
        await task.withLock { $0 }?.value
    }
}

/// Counts what goes through it.
final class CountingIntake: EntryIntake {
    private let intake: any EntryIntake
    private let counter = Atomic(0)

    init(_ intake: any EntryIntake) { self.intake = intake }

    var count: Int { counter.load(ordering: .relaxed) }

    func take(_ batch: Batch) {
        counter.add(batch.count, ordering: .relaxed)
        intake.take(batch)
    }

    func put(_ batch: Batch, mark: InputMark?, whenSynced: (@Sendable () -> Void)?) async throws(AgentError) {
        try await intake.put(batch, mark: mark, whenSynced: whenSynced)
        counter.add(batch.count, ordering: .relaxed)
    }

    func mark(of input: String) async -> [UInt8]? { await intake.mark(of: input) }
}
