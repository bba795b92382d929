import LogModel

extension AgentRun {
    /// The inputs that the configuration asks for, those of modules that publish among them.
    func makeInputs(
        _ intake: any EntryIntake, _ refusals: Refusals, _ session: CurrentSession
    ) -> [any AgentInput] {
        let defaults: @Sendable () -> EntryDecoder.Defaults = { [self] in self.defaults(session) }
        let sinkIntake = CountingIntake(intake)
        let sinks = SinkInput(
            directory: configuration.sinkDirectory, intake: sinkIntake, refusals: refusals, defaults: defaults)
        var inputs: [any AgentInput] = [
            TransportInput(
                configuration.transport, defaults: defaults, intake: intake, refusals: refusals,
                isTaken: { sinks.takes($0) }),
            RunningInput("sinks", counting: sinkIntake, say: write) { (_, stop) throws(AgentError) in
                try await sinks.run(stop: stop)
            },
        ]
        for settings in configuration.inputs {
            inputs.append(
                RunningInput(settings.name, counting: CountingIntake(intake), say: write) {
                    [write] (intake, stop) throws(AgentError) in
                    let context = SourceContext(intake: intake, refusals: refusals, defaults: defaults, say: write)
                    try await Inputs.run([settings], context: context, stop: stop)
                })
        }
        return inputs
    }

    /// The modules that the agent starts, as inputs of what they write.
    func makeModules(
        _ intake: any EntryIntake, _ refusals: Refusals, _ session: CurrentSession, _ restarts: ModuleRestarts,
        _ states: ModuleStates
    ) -> [any AgentInput] {
        configuration.modules.map { settings in
            RunningInput(ModuleProgram.inputName(settings.name), counting: CountingIntake(intake), say: write) {
                [self] (intake, stop) throws(AgentError) in
                let context = SourceContext(
                    intake: intake, refusals: refusals, defaults: { [self] in self.defaults(session) }, say: write)
                try await ModuleProgram(settings, context: context, restarts: restarts, states: states).run(stop: stop)
            }
        }
    }
}

extension AgentConfiguration {
    /// Where modules' sinks are.
    var sinkDirectory: String { sinks.directory ?? spool.path + "/sinks" }
}
