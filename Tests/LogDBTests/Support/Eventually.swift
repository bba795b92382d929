import Testing

/// Waits for what the engine does by itself, in its own time; gives up, as a failure, only when it seems not to come.
func eventually(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(300)
    while !(try await condition()) {
        guard ContinuousClock.now < deadline else {
            Issue.record("it did not come to this: \(what)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}
