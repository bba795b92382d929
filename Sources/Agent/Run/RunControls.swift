import LogModel

/// What commands do to the running agent itself.
struct RunControls: AgentControls {
    let configuration: AgentConfiguration
    let session: String?

    func startSession(named name: String?) async throws(AgentError) -> String { throw RunControls.fixedSession }

    func stopSession() async throws(AgentError) -> String { throw RunControls.fixedSession }

    private static var fixedSession: AgentError {
        AgentError(.invalidArgument, "this agent's session is that of its command line")
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
        guard let session = session ?? self.session else {
            throw AgentError(.invalidArgument, "there is no session to upload to; name one")
        }
        let name = "device/" + (path.split(separator: "/").last.map(String.init) ?? "file")
        let uploader = ArtifactUploader(
            server: configuration.fleet.backendURL, transport: AgentRun.transport(configuration.fleet))
        let byteCount = try await uploader.upload(path, as: name, session: session)
        return "\(name) of the session \(session) has \(byteCount) bytes"
    }
}
