/// A part of the running agent that brings entries. It is given the agent's `EntryIntake` when it is made.
public protocol AgentInput: Sendable {
    /// What the status calls it, such as `transport`.
    var name: String { get }

    /// What it has got, good or bad, since it began.
    var receivedCount: Int { get }

    /// Begins. On return it can be used.
    ///
    /// - Throws: What makes the agent end, as an endpoint that another process has.
    func start() async throws(AgentError)

    /// Hands over what is in flight and ends. Called once, when the agent ends, and whether or not it began.
    func stop() async
}
