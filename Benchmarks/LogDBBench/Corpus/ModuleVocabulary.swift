import LogModel

/// A message that a program logs: its pattern, and the logger that has it. The logger follows from the template.
struct LoggedTemplate: Sendable {
    var logger: [UInt8]
    var message: MessageTemplate
}

/// What one module of the simulated fleet says.
struct ModuleVocabulary: Sendable {
    var name: [UInt8]
    /// How often the module speaks, relative to the others.
    var weight: Int
    /// By level; the first of a level are the most frequent.
    private var templates = [[LoggedTemplate]](repeating: [], count: Level.allCases.count)

    /// - Parameter lines: A template a line: the level's first letter, the logger, and the message's pattern.
    /// - Precondition: The lines are well-formed and every level has one; they are literals of this program.
    init(_ name: String, weight: Int, _ lines: String) {
        self.name = Array(name.utf8)
        self.weight = weight
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard let level = Level.allCases.first(where: { $0.name.hasPrefix(parts[0]) }) else {
                preconditionFailure("no level: \(line)")
            }
            templates[Int(level.rawValue)].append(LoggedTemplate(parts[1]))
        }
        precondition(templates.allSatisfy { !$0.isEmpty }, "\(name) has nothing to say at some level")
    }

    func templates(_ level: Level) -> [LoggedTemplate] { templates[Int(level.rawValue)] }

    static let all = driving + sensing + platform
    static let names = all.map { String(decoding: $0.name, as: UTF8.self) }
    /// How many templates there are, of modules and libraries.
    static let templateCount =
        shared.templates.count + all.reduce(0) { sum, module in sum + module.templates.reduce(0) { $0 + $1.count } }
}

/// What libraries say on behalf of whichever module uses them.
struct SharedVocabulary: Sendable {
    var templates: [LoggedTemplate]

    /// - Parameter lines: A template a line: the logger, and the message's pattern.
    init(_ lines: String) { templates = lines.split(separator: "\n").map(LoggedTemplate.init) }
}

extension LoggedTemplate {
    /// - Precondition: `text` is a logger, a space, and a well-formed pattern.
    fileprivate init(_ text: Substring) {
        let parts = text.split(separator: " ", maxSplits: 1)
        logger = Array(parts[0].utf8)
        message = MessageTemplate(String(parts[1]))
    }
}
