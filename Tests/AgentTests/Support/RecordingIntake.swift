import LogModel
import Synchronization

@testable import Agent

/// Keeps what inputs hand over.
final class RecordingIntake: EntryIntake {
    private let state = Mutex<[Entry]>([])

    var entries: [Entry] { state.withLock { $0 } }

    func take(_ batch: Batch) {
        state.withLock { entries in entries += (0..<batch.count).map { batch[$0] } }
    }

    func put(_ batch: Batch, mark: InputMark?, whenSynced: (@Sendable () -> Void)?) async throws(AgentError) {
        take(batch)
        whenSynced?()
    }

    func mark(of input: String) async -> [UInt8]? { nil }
}
