import Synchronization

/// Typed tables in the store of the logs, as durable as they are. Those of whoever embeds the store have the numbers 16 to
/// 255.
extension LogStore {
    /// Runs `body`, which reads tables as they are at its start, on one of the store's threads. The reader is good within
    /// `body` only.
    public func readTables<R: Sendable>(
        _ body: @escaping @Sendable (TableReader) throws(LogError) -> R
    ) async throws(LogError) -> R {
        try checkOpen()
        let store = store
        return try await scans.run { () throws(LogError) in try body(TableReader(store)) }
    }

    /// Runs `body`, which changes tables, on the thread that commits entries, and makes its changes durable together: all
    /// of them when this returns, none when it throws. One call at a time sees the tables as they are; calls that come
    /// at once share a sync, with each other and with batches of entries. `body` is short, and must not wait for
    /// anything.
    public func editTables<R: Sendable>(
        _ body: @escaping @Sendable (TableEditor) throws(LogError) -> R
    ) async throws(LogError) -> R {
        try checkOpen()
        let outcome = EditOutcome<R>()
        let result: Result<Void, LogError> = await withCheckedContinuation { continuation in
            commits.submit(
                EditRequest(
                    change: { (transaction) throws(LogError) in outcome.set(try body(TableEditor(transaction))) },
                    answer: { continuation.resume(returning: $0) }))
        }
        try result.get()
        return outcome.value
    }
}

/// What an edit's body gave, on its way from the commit thread to the caller.
private final class EditOutcome<R: Sendable>: Sendable {
    private let given = Mutex<R?>(nil)

    func set(_ value: R) { given.withLock { $0 = value } }

    /// To be asked for after the body returned.
    var value: R { given.withLock { $0! } }
}
