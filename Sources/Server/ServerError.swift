/// Why a server does not start. Errors of the store are thrown as they are.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    /// A stable name for the kind of error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let name: String
        init(_ name: String) { self.name = name }
        public var description: String { name }

        /// Without authentication, the address must be a loopback one.
        public static let notLoopback = Code("not_loopback")
        /// The port is no port.
        public static let invalidPort = Code("invalid_port")
        /// The address is taken, not this machine's, or not allowed.
        public static let cannotListen = Code("cannot_listen")
        /// The certificate for TLS cannot be used.
        public static let certificate = Code("certificate")
        /// A name for the server's certificate is none.
        public static let invalidName = Code("invalid_name")
        /// A device's request for a certificate is none.
        public static let invalidRequest = Code("invalid_request")
        /// What is to be scrubbed is not said rightly.
        public static let invalidRule = Code("invalid_rule")
        /// The server's own keys cannot be read, made or kept to their owner.
        public static let secrets = Code("secrets")
        /// The directory of the user interface's files is none.
        public static let noWebFiles = Code("no_web_files")
    }

    public let code: Code
    /// One sentence for a person: what happened, and what helps.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
