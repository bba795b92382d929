import LogDB
import Query

extension Problem {
    /// How long a client had better wait before it tries again what the store refused for now.
    private static let retryAfterSeconds = 1
    /// A full disk or a stopping server takes longer.
    static let longRetryAfterSeconds = 5

    /// The problem that an error of a route means. Nil: none that a client should see the text of.
    init?(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as QueryErrors: self.init(error)
        case let error as LogError: self.init(error)
        case let error as IdentityError: self.init(error)
        case let error as FleetError: self.init(error)
        case let error as ArtifactError: self.init(error)
        case let error as QuarantineError:
            self.init(404, "unknown_batch", error.message.capitalizedSentence)
        default: return nil
        }
    }

    init(_ error: LogError) {
        let code = error.code.name
        switch error.code {
        case .diskFull:
            self.init(507, code, error.message, retryAfterSeconds: Problem.longRetryAfterSeconds)
        case .backpressure:
            self.init(429, code, error.message, retryAfterSeconds: Problem.retryAfterSeconds)
        case .closed, .cancelled:
            self.init(503, code, error.message, retryAfterSeconds: Problem.longRetryAfterSeconds)
        case .sequenceConflict, .sequenceExpired: self.init(409, code, error.message)
        case .memoryBudget, .timeBudget: self.init(422, code, error.message)
        case .invalidArgument: self.init(400, code, error.message)
        default: self.init(500, code, error.message)
        }
    }

    /// What is wrong with a query has its place in the text, but for these, which came as parameters.
    private static let parameters = [
        "invalid_cursor": "cursor", "foreign_cursor": "cursor", "expired_cursor": "cursor", "invalid_step": "step",
        "too_many_buckets": "step",
    ]

    init(_ error: QueryErrors) {
        let first = error.diagnostics.first
        self.init(
            400, first?.code ?? "invalid_query", first?.message ?? "The query cannot be read.",
            errors: error.diagnostics.map { diagnostic in
                let parameter = Problem.parameters[diagnostic.code]
                return Item(
                    code: diagnostic.code, message: diagnostic.message, parameter: parameter,
                    offset: parameter == nil ? diagnostic.offset : nil,
                    length: parameter == nil ? diagnostic.length : nil, expected: diagnostic.expected,
                    suggestion: diagnostic.suggestion)
            })
    }
}

extension LogError {
    /// For work that ends because the server does.
    static let stopped = LogError(.closed, "the server is stopping")
}
