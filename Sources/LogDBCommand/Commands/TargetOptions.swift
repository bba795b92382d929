import ArgumentParser

/// Where the logs are.
struct TargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server to ask. Default: LOGDB_SERVER.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The data directory, when no server has it open. Default: LOGDB_DATA.", valueName: "directory"))
    var data: String?

    @Option(help: ArgumentHelp("The API key for the server. Default: LOGDB_API_KEY.", valueName: "key"))
    var apiKey: String?

    @Option(
        help: ArgumentHelp(
            "Whom to trust for https: a PEM file, as of logdb ca show. Default: LOGDB_CA_FILE, then the system's.",
            valueName: "file"))
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "The keys that the data directory's objects are encrypted with. Default: LOGDB_ENCRYPTION_KEYS, or none.",
            valueName: "file"))
    var encryptionKeys: String?

    enum Target {
        case server(String)
        case data(String)
    }

    /// A flag beats the environment, and there a server a data directory.
    func target() throws(CommandFailure) -> Target {
        if server != nil, data != nil { throw CommandFailure("give --server or --data, not both") }
        if data?.isEmpty == true { throw CommandFailure("--data names no directory") }
        if let server { return .server(server) }
        if let data { return .data(data) }
        if let server = Terminal.environment("LOGDB_SERVER") { return .server(server) }
        if let data = Terminal.environment("LOGDB_DATA") { return .data(data) }
        throw CommandFailure("say where the logs are: --server URL (or LOGDB_SERVER), or --data DIR (or LOGDB_DATA)")
    }

    /// The client of a server that `target` named.
    ///
    /// - Parameter concurrency: Calls at a time.
    func client(_ url: String, concurrency: Int = 1) throws(CommandFailure) -> ServerClient {
        var access = ServerAccess.environment
        if let apiKey { access.credential = .apiKey(apiKey) }
        if let caFile { access.authoritiesFile = caFile }
        return try ServerClient(url, access: access, concurrency: concurrency)
    }

    /// Runs `body` with the backend, and closes it whatever happens.
    ///
    /// - Parameter concurrency: What the backend does at a time.
    func withBackend<Result>(
        concurrency: Int = 1, _ body: (any Backend) async throws -> Result
    ) async throws -> Result {
        let backend: any Backend
        switch try target() {
        case .server(let url): backend = ServerBackend(client: try client(url, concurrency: concurrency))
        case .data(let directory):
            backend = try await StoreBackend.open(directory, isMade: false, keys: try KeyFile.read(encryptionKeys))
        }
        do {
            let result = try await body(backend)
            await backend.close()
            return result
        } catch {
            await backend.close()
            throw error
        }
    }
}
