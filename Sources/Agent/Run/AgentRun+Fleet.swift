import Synchronization

extension AgentRun {
    /// Heartbeats, renewal and commands, for a registered device, until a stop is asked for.
    func runFleet(
        _ board: StatusBoard, _ controls: RunControls, _ clock: ServerClock, _ stop: StopRequest
    ) async {
        guard configuration.fleet.isEnabled, let certificates = configuration.fleet.certificates else { return }
        var options = FleetOptions(
            server: configuration.fleet.backendURL, dsn: configuration.fleet.dsn,
            files: DeviceFiles(
                authorities: certificates.authorityPath, certificate: certificates.certificatePath,
                key: certificates.keyPath),
            stateDirectory: configuration.spool.path + "/fleet")
        options.heartbeatInterval = configuration.fleet.heartbeatInterval
        options.commandWait = configuration.fleet.commandPollInterval
        options.policy = configuration.commands
        let told = FleetNotices(write)
        let client = FleetClient(
            options, controls: controls, clock: clock,
            status: {
                let status = board.status
                return HeartbeatStatus(
                    sessionID: controls.session.name, spoolDepth: status.spool.depth,
                    droppedCount: status.dropped.values.reduce(0) { $0 + $1.values.reduce(0, +) })
            }, notify: { told.take($0) })
        do throws(AgentError) {
            try await client.run(stop: stop)
        } catch {
            // Logs go on without it.
            write("heartbeats and commands have ended: \(error.message)")
        }
    }
}

/// Tells a person what the fleet client has to tell, what repeats once.
final class FleetNotices: Sendable {
    private let write: @Sendable (String) -> Void
    private let problems = Mutex<[String: String]>([:])

    init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    func take(_ notice: FleetNotice) {
        switch notice {
        case .clockOffset: clear("heartbeat", "heartbeats reach the server again")
        case .heartbeatFailed(let reason): tell("heartbeat", "no heartbeat reaches the server: \(reason)")
        case .certificateRenewed(let expires):
            write("the certificate is renewed, good until \(expires) (s since the epoch)")
        case .renewalFailed(let reason): tell("renewal", reason)
        case .commandBegun(let command): write("command \(command.id) begins: \(command.name)")
        case .commandEnded(let command, let outcome):
            write("command \(command.id) \(outcome.hasSucceeded ? "succeeded" : "failed"): \(command.name)")
        case .commandsFailed(let reason): tell("commands", "commands: \(reason)")
        }
    }

    private func tell(_ kind: String, _ problem: String) {
        let isNew = problems.withLock { $0.updateValue(problem, forKey: kind) != problem }
        if isNew { write(problem) }
    }

    private func clear(_ kind: String, _ text: String) {
        if problems.withLock({ $0.removeValue(forKey: kind) }) != nil { write(text) }
    }
}
