/// The agent's inputs besides the modules that publish.
public enum Inputs {
    /// Runs them all until a stop is asked for, and then to the end of what is there.
    ///
    /// - Throws: The first `AgentError` that one of them cannot go on with; the others are stopped then.
    public static func run(
        _ inputs: [InputSettings], context: SourceContext, stop: StopRequest
    ) async throws(AgentError) {
        let failure = await withTaskGroup(of: AgentError?.self) { group in
            for settings in inputs {
                group.addTask {
                    do throws(AgentError) { try await run(settings, context, stop) } catch {
                        return error.code == .stopping ? nil : error
                    }
                    return nil
                }
            }
            var first: AgentError?
            for await error in group where error != nil {
                first = first ?? error
                stop.make()
            }
            return first
        }
        if let failure { throw failure }
    }

    private static func run(
        _ settings: InputSettings, _ context: SourceContext, _ stop: StopRequest
    ) async throws(AgentError) {
        switch settings.source {
        case .file(let pattern):
            try await FileInput(settings, pattern: pattern, context: context).run(stop: stop)
        case .standardInput, .socket:
            try await StreamInput(settings, context: context).run(stop: stop)
        case .journal(let units):
            try await JournalInput(settings, units: units, context: context).run(stop: stop)
        }
    }
}
