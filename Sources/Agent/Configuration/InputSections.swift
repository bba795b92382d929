extension AgentConfiguration {
    /// `sinks`: where modules that log through a `RemoteSink` keep what the agent has not confirmed.
    public struct Sinks: Sendable {
        /// Nil: `sinks` in the spool's directory.
        public var directory: String?

        init() {}

        init(_ section: ConfigurationSection?) {
            guard let section else { return }
            directory = section.path("directory")
            section.finish()
        }
    }

    /// `inputs`: a list, each item with one of `file`, `stdin`, `socket` and `journal`.
    static func inputs(_ file: ConfigurationSection) -> [InputSettings] {
        var names: Set<String> = []
        return file.sections("inputs").compactMap { section in
            guard let settings = input(section) else { return nil }
            if !names.insert(settings.name).inserted {
                section.findings.problem("inputs has \(settings.name) twice")
            }
            return settings
        }
    }

    private static func input(_ section: ConfigurationSection) -> InputSettings? {
        defer { section.finish() }
        let kinds = ["file", "stdin", "socket", "journal"]
        let given = kinds.filter { section.has($0) }
        guard given.count == 1 else {
            section.problem(given.first ?? kinds[0], "must be the only one of \(kinds.joined(separator: ", "))")
            return nil
        }
        guard let source = source(given[0], section) else { return nil }
        var settings = InputSettings(source)
        settings.module = section.text("module")
        settings.logger = section.text("logger")
        if let format = section.choice("format", InputSettings.Format.self) { settings.format = format }
        if let rule = section.choice("multiline", MultilineRule.self) { settings.multiline = rule }
        if let start = section.choice("start", Start.self) { settings.startsAtEnd = start == .end }
        if let name = section.text("time_zone") {
            if let zone = SourceZone(name) {
                settings.zone = zone
            } else {
                section.problem(
                    "time_zone", "is UTC, an offset such as +02:00 or a name such as Europe/Berlin, not “\(name)”")
            }
        }
        return settings
    }

    private enum Start: String, CaseIterable { case beginning, end }

    private static func source(_ kind: String, _ section: ConfigurationSection) -> InputSettings.Source? {
        switch kind {
        case "file": return section.path("file").map { .file($0) }
        case "socket": return section.path("socket").map { .socket($0) }
        case "stdin": return section.flag("stdin") == true ? .standardInput : nil
        default:
            // `journal: true` is all of it.
            guard section.isList("journal") else { return section.flag("journal") == true ? .journal(units: []) : nil }
            return section.texts("journal").map { .journal(units: $0) }
        }
    }
}
