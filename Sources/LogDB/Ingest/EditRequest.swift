/// A change of tables on its way to the commit thread.
struct EditRequest: Sendable {
    /// Makes the change; what it changed is dropped when it throws.
    var change: @Sendable (TableTransaction) throws(LogError) -> Void
    var answer: @Sendable (Result<Void, LogError>) -> Void
}
