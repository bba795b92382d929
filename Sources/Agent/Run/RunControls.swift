import LogModel

/// What commands do to the running agent itself.
struct RunControls: AgentControls {
    let configuration: AgentConfiguration
    let session: CurrentSession
    private let restarts: ModuleRestarts

    init(_ configuration: AgentConfiguration, _ session: CurrentSession, _ restarts: ModuleRestarts) {
        self.configuration = configuration
        self.session = session
        self.restarts = restarts
    }

    func startSession(named name: String?) async throws(AgentError) -> String {
        let name = name ?? RunControls.sessionName(at: WallClock.now())
        guard session.name != name else { return "the session \(name) goes on" }
        let running = session.name
        // A name that the server refuses changes nothing.
        try await sessions.begin(name)
        let session = session
        try await BlockingCall.run { () throws(AgentError) in try session.begin(name) }
        if let running { try await sessions.complete(running) }
        return "the session \(name) runs"
    }

    func stopSession() async throws(AgentError) -> String {
        guard let running = session.name else { throw AgentError(.invalidArgument, "no session runs") }
        let session = session
        // From here on nothing more is of it; then it is over.
        try await BlockingCall.run { () throws(AgentError) in try session.end() }
        try await sessions.complete(running)
        return "the session \(running) is completed"
    }

    private var sessions: DeviceSessions {
        DeviceSessions(
            server: configuration.fleet.backendURL, transport: AgentRun.transport(configuration.fleet))
    }

    /// Such as `session-20250103T143212`, in UTC.
    private static func sessionName(at now: Timestamp) -> String {
        "session-" + now.description.prefix(19).filter { $0 != "-" && $0 != ":" }
    }

    func restartModule(_ name: String) async throws(AgentError) -> String {
        guard restarts.request(name) else {
            let names = configuration.modules.map(\.name).sorted()
            throw AgentError(
                .invalidArgument,
                "“module” must be one of the modules of this device's configuration: "
                    + (names.isEmpty ? "there is none" : names.joined(separator: ", ")))
        }
        return "the module \(name) is started again"
    }

    func setLogLevel(_ level: Level, module: String?, scope: LogLevelScope) async throws(AgentError) -> String {
        guard scope == .source else {
            throw AgentError(.invalidArgument, "this agent uploads entries of every level; set the scope source")
        }
        let directory = configuration.sinkDirectory
        try await BlockingCall.run { () throws(AgentError) in
            try SinkLevelFile.set(level, module: module, directory: directory)
        }
        return "\(module ?? "all modules") from \(level.name) on"
    }

    func uploadFile(_ path: String, session: String?) async throws(AgentError) -> String {
        guard let session = session ?? self.session.name else {
            throw AgentError(.invalidArgument, "there is no session to upload to; name one")
        }
        let name = "device/" + (path.split(separator: "/").last.map(String.init) ?? "file")
        let uploader = ArtifactUploader(
            server: configuration.fleet.backendURL, transport: AgentRun.transport(configuration.fleet))
        let byteCount = try await uploader.upload(path, as: name, session: session)
        return "\(name) of the session \(session) has \(byteCount) bytes"
    }
}
