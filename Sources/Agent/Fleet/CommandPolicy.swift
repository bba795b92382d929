/// What the server may tell this device to do. By itself it may nothing.
public struct CommandPolicy: Sendable, Hashable {
    /// The actions that a configuration can allow.
    public enum Action: String, CaseIterable, Sendable, Hashable {
        case restartModule = "restart_module"
        case setLogLevel = "set_log_level"
        case startSession = "start_session"
        case stopSession = "stop_session"
        case uploadFile = "upload_file"
        case runScript = "run_script"
    }

    public var allowed: Set<Action> = []
    /// The programs that `run_script` may run, by name: their paths, absolute, and first arguments.
    public var scripts: [String: [String]] = [:]
    /// The programs that restart modules, by the module's name.
    public var restarts: [String: [String]] = [:]
    /// The directories below which `upload_file` may read.
    public var uploadDirectories: [String] = []
    /// How long a program may run before it is ended.
    public var timeout = Duration.seconds(60)

    public init() {}
}
