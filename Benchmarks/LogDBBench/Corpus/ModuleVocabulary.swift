import LogModel

/// What one module of the simulated fleet says.
struct ModuleVocabulary: Sendable {
    var name: String
    var loggers: [String]
    var debug: [MessageTemplate]
    var info: [MessageTemplate]
    var warn: [MessageTemplate]
    var error: [MessageTemplate]
    var fatal: [MessageTemplate]

    init(
        _ name: String, loggers: [String], debug: [String], info: [String], warn: [String], error: [String],
        fatal: [String]
    ) {
        self.name = name
        self.loggers = loggers
        self.debug = debug.map(MessageTemplate.init)
        self.info = info.map(MessageTemplate.init)
        self.warn = warn.map(MessageTemplate.init)
        self.error = error.map(MessageTemplate.init)
        self.fatal = fatal.map(MessageTemplate.init)
    }

    func templates(_ level: Level) -> [MessageTemplate] {
        switch level {
        case .debug: debug
        case .info: info
        case .warn: warn
        case .error: error
        case .fatal: fatal
        }
    }

    static let all = driving + sensing + platform
}
