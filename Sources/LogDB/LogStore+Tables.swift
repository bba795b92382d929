import Synchronization

/// Typed tables of whoever embeds the store, beside the logs and as durable as they are. Their numbers are 16 to 255.
extension LogStore {
    /// Runs `body`, which reads tables, on one of the store's threads.
    public func readTables<R: Sendable>(
        _ body: @escaping @Sendable (TableReader) throws(LogError) -> R
    ) async throws(LogError) -> R {
        try checkOpen()
        let reader = TableReader(store: store)
        return try await scans.run { () throws(LogError) in try body(reader) }
    }

    /// Runs `body`, which changes tables, on one of the store's threads, and makes its changes durable together: all of
    /// them when this returns, none when it throws. One call at a time; `body` must not wait for another.
    public func editTables<R: Sendable>(
        _ body: @escaping @Sendable (TableEditor) throws(LogError) -> R
    ) async throws(LogError) -> R {
        try checkOpen()
        return try await scans.run { () throws(LogError) in
            let result: Result<R, LogError> = self.tableEdits.withLock { _ in
                do throws(LogError) { return .success(try self.edit(body)) } catch { return .failure(error) }
            }
            return try result.get()
        }
    }

    private func edit<R>(_ body: (TableEditor) throws(LogError) -> R) throws(LogError) -> R {
        let transaction = TableTransaction(store)
        let result = try body(TableEditor(transaction))
        if !transaction.isEmpty {
            var batch = WriteBatch()
            transaction.apply(to: &batch)
            try store.write(batch, synced: true)
        }
        return result
    }
}
