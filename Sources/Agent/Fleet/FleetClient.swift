public import HTTPTransport

/// The agent's side of the fleet: heartbeats, commands, and the next certificate in time. Each runs by itself: a command
/// that takes long holds up no heartbeat.
public struct FleetClient: Sendable {
    private let options: FleetOptions
    private let controls: any AgentControls
    private let clock: ServerClock
    private let status: @Sendable () async -> HeartbeatStatus
    private let notify: @Sendable (FleetNotice) -> Void

    /// - Parameters:
    ///   - controls: Does what concerns the agent itself.
    ///   - status: Asked for each heartbeat.
    ///   - notify: Told what happens, from any task.
    public init(
        _ options: FleetOptions, controls: any AgentControls, status: @escaping @Sendable () async -> HeartbeatStatus,
        notify: @escaping @Sendable (FleetNotice) -> Void
    ) {
        self.init(options, controls: controls, clock: ServerClock(), status: status, notify: notify)
    }

    /// - Parameter clock: Learns the server's time from heartbeats.
    init(
        _ options: FleetOptions, controls: any AgentControls, clock: ServerClock,
        status: @escaping @Sendable () async -> HeartbeatStatus, notify: @escaping @Sendable (FleetNotice) -> Void
    ) {
        self.options = options
        self.controls = controls
        self.clock = clock
        self.status = status
        self.notify = notify
    }

    /// How requests of a registered device are sent.
    public static func settings(_ files: DeviceFiles) -> HTTPTransport.Settings {
        var settings = HTTPTransport.Settings()
        settings.userAgent = "logdb-agent/\(AgentVersion.text)"
        settings.tls = HTTPTransport.TLS(
            authoritiesFile: files.authorities, certificateFile: files.certificate, keyFile: files.key)
        return settings
    }

    /// Gets the device's next certificate now, whatever the age of the one that it has.
    ///
    /// - Returns: Until when it is good, in seconds since the epoch.
    /// - Throws: `AgentError`. The old certificate is in place then.
    @discardableResult
    public static func renewNow(_ options: FleetOptions) async throws(AgentError) -> Int64 {
        let clock = ServerClock()
        let renewal = CertificateRenewal(options, notify: { _ in }) { await clock.now / 1_000_000 }
        return try await renewal.renew().end
    }

    /// Runs until a stop is asked for, or the task is cancelled.
    ///
    /// - Throws: `AgentError` where the client cannot do its work at all: its files cannot be read or written.
    public func run(stop: StopRequest) async throws(AgentError) {
        try Files.makeDirectory(options.stateDirectory)
        let lock = try FileLock(
            options.stateDirectory + "/fleet.lock",
            refusal: "another logdb-agent is the device “\(options.dsn)” already, with \(options.stateDirectory)")
        try await run(stop, holding: lock)
    }

    private func run(_ stop: StopRequest, holding lock: borrowing FileLock) async throws(AgentError) {
        let heartbeats = HeartbeatSender(options, clock: clock, status: status, notify: notify)
        let renewal = CertificateRenewal(options, notify: notify) { await clock.now / 1_000_000 }
        let commands = CommandClient(
            options, runner: CommandRunner(policy: options.policy, controls: controls), clock: clock, notify: notify)
        let outcome = await withTaskGroup(of: AgentError?.self) { group in
            group.addTask {
                await heartbeats.run()
                return nil
            }
            group.addTask {
                await renewal.run()
                return nil
            }
            group.addTask {
                do throws(AgentError) { try await commands.run() } catch { return error }
                return nil
            }
            group.addTask {
                await stop.made()
                return nil
            }
            // Whichever ends first: a stop, or the client that cannot go on.
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let outcome { throw outcome }
    }
}
