import Yams

/// What a device's agent is to do, as its YAML file says it. docs/AGENT.md lists the keys.
public struct AgentConfiguration: Sendable {
    public var fleet = Fleet()
    public var transport = Transport()
    public var spool = SpoolSettings()
    public var sinks = Sinks()
    public var inputs: [InputSettings] = []
    public var modules: [ModuleSettings] = []
    public var commands = CommandPolicy()
    public var metrics = Metrics()
    /// What is odd about the file: keys that are not known.
    public var warnings: [String] = []

    /// Reads a file.
    ///
    /// - Throws: `.io`, or `.invalidConfiguration` with everything that is wrong, a line each.
    public init(path: String) throws(AgentError) {
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        do throws(AgentError) {
            try self.init(yaml: text)
        } catch {
            throw AgentError(error.code, "\(path) cannot be used:\n\(error.message)")
        }
    }

    /// - Throws: `.invalidConfiguration` with everything that is wrong, a line each.
    public init(yaml: String) throws(AgentError) {
        let findings = ConfigurationFindings()
        let file = ConfigurationSection(try AgentConfiguration.mapping(yaml), path: "", findings: findings)
        fleet = Fleet(file)
        transport = Transport(file.section("transport"))
        spool = SpoolSettings(file.section("spool"))
        sinks = Sinks(file.section("sinks"))
        inputs = AgentConfiguration.inputs(file)
        modules = AgentConfiguration.modules(file)
        commands = CommandPolicy(file.section("commands"))
        metrics = Metrics(file.section("metrics"))
        file.finish()
        warnings = findings.warnings
        guard findings.problems.isEmpty else {
            throw AgentError(.invalidConfiguration, findings.problems.joined(separator: "\n"))
        }
    }

    private static func mapping(_ yaml: String) throws(AgentError) -> Node.Mapping {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw AgentError(.invalidConfiguration, "it is no YAML: \(error)")
        }
        guard let mapping = node?.mapping else {
            throw AgentError(.invalidConfiguration, "it must have keys, such as “fleet:”")
        }
        return mapping
    }
}
