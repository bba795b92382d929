public import LogModel

/// What the agent itself can be told to do.
public protocol AgentControls: Sendable {
    /// - Parameter name: Nil: the agent chooses one.
    /// - Returns: What to tell whoever sent the command.
    func startSession(named name: String?) async throws(AgentError) -> String
    func stopSession() async throws(AgentError) -> String
    /// Starts again a module that the agent itself started.
    func restartModule(_ name: String) async throws(AgentError) -> String
    /// - Parameters:
    ///   - module: Nil: all modules.
    ///   - scope: Where entries below the level are left out.
    func setLogLevel(_ level: Level, module: String?, scope: LogLevelScope) async throws(AgentError) -> String
    /// - Parameter session: Nil: the running one.
    func uploadFile(_ path: String, session: String?) async throws(AgentError) -> String
}

/// Where entries below a level are left out.
public enum LogLevelScope: String, Sendable, Hashable {
    /// The module does not make them.
    case source
    /// They stay on the device.
    case upload
}

/// Does what a command says, as far as the policy allows it.
struct CommandRunner: Sendable {
    let policy: CommandPolicy
    let controls: any AgentControls

    func run(_ command: FleetCommand) async -> CommandOutcome {
        guard let action = CommandPolicy.Action(rawValue: command.name) else {
            return .refused("“\(command.name)” is no action of this agent")
        }
        guard policy.allowed.contains(action) else {
            return .refused("this device's configuration does not allow “\(command.name)”")
        }
        do throws(AgentError) {
            switch action {
            case .runScript: return await runScript(command)
            case .restartModule: return try await restartModule(command)
            case .setLogLevel: return try await setLogLevel(command)
            case .startSession:
                return .succeeded(try await controls.startSession(named: command.arguments["name"]))
            case .stopSession: return .succeeded(try await controls.stopSession())
            case .uploadFile: return try await uploadFile(command)
            }
        } catch {
            return error.code == .invalidArgument ? .refused(error.message) : .failed(error.message)
        }
    }

    private func runScript(_ command: FleetCommand) async -> CommandOutcome {
        guard let name = command.arguments["name"], let script = policy.scripts[name], !script.isEmpty else {
            return .refused(
                "“name” must be one of the scripts of this device's configuration: \(names(policy.scripts))")
        }
        // Arguments go to the script's environment, never to its command line or a shell.
        let environment = command.arguments.filter { $0.key != "name" }
        return await run(script, environment: environment)
    }

    /// By the program that the policy has for the module, or else as one that the agent started.
    private func restartModule(_ command: FleetCommand) async throws(AgentError) -> CommandOutcome {
        guard let name = command.arguments["module"] else { return .refused("“module” is missing") }
        guard let program = policy.restarts[name], !program.isEmpty else {
            return .succeeded(try await controls.restartModule(name))
        }
        return await run(program, environment: [:])
    }

    private func run(_ program: [String], environment: [String: String]) async -> CommandOutcome {
        var variables: [String: String] = [:]
        for (name, value) in environment {
            guard let variable = CommandRunner.variable(name), !value.utf8.contains(0) else {
                return .refused("“\(name)” cannot be handed to a script: names have letters, digits and _")
            }
            variables[variable] = value
        }
        let ended = await Program(arguments: program, environment: variables).run(
            timeout: policy.timeout, outputByteCountMax: CommandOutcome.outputByteCountMax)
        switch ended {
        case .notStarted(let reason): return .failed("cannot run \(program[0]): \(reason)")
        case .timedOut(let output):
            return .failed("ended after \(policy.timeout.components.seconds) s, which is the most\n\(output)")
        case .exited(0, let output): return .succeeded(output, exitCode: 0)
        case .exited(let code, let output): return .failed(output, exitCode: code)
        case .killed(let signal, let output): return .failed("ended by signal \(signal)\n\(output)")
        }
    }

    private func setLogLevel(_ command: FleetCommand) async throws(AgentError) -> CommandOutcome {
        guard let level = command.arguments["level"].flatMap({ Level(name: $0) }) else {
            return .refused("“level” must be one of DEBUG, INFO, WARN, ERROR, FATAL")
        }
        guard let scope = LogLevelScope(rawValue: command.arguments["scope"] ?? "source") else {
            return .refused("“scope” must be source or upload")
        }
        return .succeeded(try await controls.setLogLevel(level, module: command.arguments["module"], scope: scope))
    }

    private func uploadFile(_ command: FleetCommand) async throws(AgentError) -> CommandOutcome {
        guard let path = command.arguments["path"], path.hasPrefix("/") else {
            return .refused("“path” must be an absolute path")
        }
        // Links are followed before it is looked at where the file is.
        guard let real = Files.realPath(path) else { return .failed("cannot find \(path)") }
        guard policy.uploadDirectories.contains(where: { real.hasPrefix(($0.hasSuffix("/") ? $0 : $0 + "/")) }) else {
            return .refused("\(path) is not below the directories that this device's configuration lists")
        }
        return .succeeded(try await controls.uploadFile(real, session: command.arguments["session"]))
    }

    /// `LOGDB_` and the name in capitals: nothing that a program or its loader obeys.
    private static func variable(_ name: String) -> String? {
        let isPlain = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isPlain && !name.isEmpty ? "LOGDB_" + name.uppercased() : nil
    }

    private func names(_ table: [String: [String]]) -> String {
        table.isEmpty ? "there is none" : table.keys.sorted().joined(separator: ", ")
    }
}
