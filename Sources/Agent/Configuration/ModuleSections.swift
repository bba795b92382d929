extension AgentConfiguration {
    /// `modules`: what the agent starts, by name.
    static func modules(_ file: ConfigurationSection) -> [ModuleSettings] {
        guard let table = file.section("modules") else { return [] }
        defer { table.finish() }
        return table.names.compactMap { name in
            guard let section = table.section(name) else { return nil }
            defer { section.finish() }
            guard section.has("command") else {
                section.problem("command", "is missing; it has the path of a program, and its arguments")
                return nil
            }
            guard let command = section.texts("command") else { return nil }
            guard let path = command.first, path.hasPrefix("/") else {
                section.problem("command", "must begin with the path of a program, from / on")
                return nil
            }
            var settings = ModuleSettings(name: name, command: command)
            if let restart = section.choice("restart", ModuleSettings.Restart.self) { settings.restart = restart }
            if let logs = section.texts("logs") {
                settings.logs = logs.filter { $0.hasPrefix("/") }
                if settings.logs != logs { section.problem("logs", "must be paths from / on") }
            }
            if let variables = section.section("environment") {
                for variable in variables.names { settings.environment[variable] = variables.text(variable) }
                variables.finish()
            }
            return settings
        }
    }
}
