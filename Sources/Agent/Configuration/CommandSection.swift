extension CommandPolicy {
    private static let timeoutSecondsRange = 1...86_400

    /// `commands`: what the server may tell the device to do.
    init(_ section: ConfigurationSection?) {
        self.init()
        guard let section else { return }
        for name in section.has("allow") ? section.texts("allow") ?? [] : [] {
            if let action = Action(rawValue: name) {
                allowed.insert(action)
            } else {
                section.problem(
                    "allow",
                    "has “\(name)”, and takes \(Action.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        scripts = CommandPolicy.programs(section, "scripts")
        restarts = CommandPolicy.programs(section, "restart")
        if section.has("upload_directories") { uploadDirectories = section.texts("upload_directories") ?? [] }
        for directory in uploadDirectories where !directory.hasPrefix("/") {
            section.problem("upload_directories", "has “\(directory)”, and must have paths that begin with /")
        }
        if let seconds = section.integer("timeout_s", in: CommandPolicy.timeoutSecondsRange) {
            timeout = .seconds(seconds)
        }
        section.finish()
    }

    /// Programs by name: the path of each, absolute, and its first arguments.
    private static func programs(_ section: ConfigurationSection, _ key: String) -> [String: [String]] {
        guard let table = section.section(key) else { return [:] }
        var programs: [String: [String]] = [:]
        for name in table.names {
            guard let program = table.texts(name) else { continue }
            if !program[0].hasPrefix("/") { table.problem(name, "must begin with the path of a program, from / on") }
            programs[name] = program
        }
        table.finish()
        return programs
    }
}
