import Testing

@testable import Agent

struct InputSectionsTests {
    private func read(_ more: String) throws -> AgentConfiguration {
        try AgentConfiguration(yaml: "fleet: {dsn: D, backend_url: \"http://127.0.0.1:1\"}\n" + more)
    }

    private func problems(_ more: String) -> String {
        do throws(AgentError) {
            _ = try AgentConfiguration(yaml: "fleet: {dsn: D, backend_url: \"http://127.0.0.1:1\"}\n" + more)
            return ""
        } catch { return error.message }
    }

    @Test func inputsAreRead() throws {
        let configuration = try read(
            """
            sinks: {directory: /run/sinks}
            inputs:
              - {file: "/var/log/robot/*.log", module: robot, multiline: traceback, time_zone: Europe/Berlin, start: end}
              - {stdin: true, format: ndjson}
              - {socket: /run/logdb-agent/lines, logger: lines}
              - {journal: [nav.service, gps.service]}
            """)
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.sinkDirectory == "/run/sinks")
        #expect(
            configuration.inputs.map(\.name) == [
                "file:/var/log/robot/*.log", "stdin", "socket:/run/logdb-agent/lines",
                "journal:gps.service,nav.service",
            ])
        let file = configuration.inputs[0]
        #expect(file.module == "robot" && file.multiline == .traceback && file.startsAtEnd)
        #expect(file.zone == SourceZone("Europe/Berlin"))
        #expect(configuration.inputs[1].format == .ndjson && configuration.inputs[2].logger == "lines")
        #expect(try read("inputs: [{journal: true}]").inputs[0].source == .journal(units: []))
        #expect(try read("").sinkDirectory == "/var/lib/logdb-agent/sinks")
    }

    @Test(arguments: [
        ("inputs: [{module: x}]", "must be the only one of file, stdin, socket, journal"),
        ("inputs: [{file: /a, stdin: true}]", "must be the only one"),
        ("inputs: [{file: a.log}]", "must be a path that begins with /"),
        ("inputs: [{file: /a, time_zone: EST}]", "such as Europe/Berlin, not “EST”"),
        ("inputs: [{file: /a, multiline: sometimes}]", "none, indented, timestamp, traceback"),
        ("inputs: [{file: /a}, {file: /a}]", "inputs has file:/a twice"),
        ("commands: {allow: [reboot]}", "has “reboot”, and takes restart_module"),
        ("commands: {scripts: {a: [reboot]}}", "must begin with the path of a program"),
        ("commands: {upload_directories: [logs]}", "paths that begin with /"),
        ("modules: {nav: {restart: always}}", "modules.nav.command is missing"),
        ("modules: {nav: {command: [nav]}}", "must begin with the path of a program"),
        ("modules: {nav: {command: [/nav], restart: sometimes}}", "always, on_failure, never"),
        ("commands: {timeout_s: 0}", "must be 1 to 86400"),
    ])
    func whatIsWrongIsSaid(yaml: String, problem: String) {
        #expect(problems(yaml).contains(problem), "\(problems(yaml))")
    }

    @Test func modulesAreRead() throws {
        let modules = try read(
            "modules: {nav: {command: [/opt/nav, --fast], restart: never, environment: {A: b}}, arm: {command: [/opt/arm]}}"
        ).modules.sorted { $0.name < $1.name }
        var nav = ModuleSettings(name: "nav", command: ["/opt/nav", "--fast"])
        nav.restart = .never
        nav.environment = ["A": "b"]
        #expect(modules == [ModuleSettings(name: "arm", command: ["/opt/arm"]), nav])
    }

    @Test func commandsAreRead() throws {
        let policy = try read(
            """
            commands:
              allow: [run_script, restart_module]
              scripts: {greet: [/bin/echo, hello]}
              restart: {nav: [/usr/bin/systemctl, restart, nav]}
              upload_directories: [/var/log]
              timeout_s: 5
            """
        ).commands
        #expect(policy.allowed == [.runScript, .restartModule])
        #expect(policy.scripts == ["greet": ["/bin/echo", "hello"]])
        #expect(policy.restarts == ["nav": ["/usr/bin/systemctl", "restart", "nav"]])
        #expect(policy.uploadDirectories == ["/var/log"] && policy.timeout == .seconds(5))
        #expect(try read("").commands == CommandPolicy())
    }
}
