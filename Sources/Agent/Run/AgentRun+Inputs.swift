import LogModel

/// What inputs are made with.
struct InputContext: Sendable {
    let intake: any EntryIntake
    let refusals: Refusals
    /// What entries have where they do not say it themselves.
    let defaults: EntryDecoder.Defaults
}

extension AgentRun {
    /// The inputs that the configuration asks for.
    func makeInputs(_ context: InputContext) -> [any AgentInput] {
        [
            TransportInput(
                configuration.transport, defaults: context.defaults, intake: context.intake,
                refusals: context.refusals)
        ]
    }
}
