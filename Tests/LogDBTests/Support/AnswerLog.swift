import Synchronization

@testable import LogDB

/// Answers to appends, gathered from any thread.
final class AnswerLog: Sendable {
    private let answers = Mutex<[Result<AppendReceipt, LogError>]>([])

    var all: [Result<AppendReceipt, LogError>] { answers.withLock { $0 } }

    func append(_ answer: Result<AppendReceipt, LogError>) { answers.withLock { $0.append(answer) } }
}
