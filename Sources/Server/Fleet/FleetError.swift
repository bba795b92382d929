import LogDB

/// Why a device, a capsule or a command was not found, made or changed.
public struct FleetError: Error, Sendable, CustomStringConvertible {
    /// A stable name for the kind of error.
    public struct Code: Hashable, Sendable {
        public let name: String
        let status: Int

        /// The account has no such device.
        public static let unknownDevice = Code(name: "unknown_device", status: 404)
        /// A serial number, a name or another value is out of its bounds.
        public static let invalid = Code(name: "invalid_parameter", status: 400)
        /// The serial number belongs to another account.
        public static let foreignDevice = Code(name: "foreign_device", status: 403)
        /// The registration token is none of the server's, or another serial number's.
        public static let invalidToken = Code(name: "invalid_registration_token", status: 401)
        public static let expiredToken = Code(name: "registration_token_expired", status: 401)
        /// The registration token was used before.
        public static let usedToken = Code(name: "registration_token_used", status: 409)
        /// A request for a certificate is none, or its key is too weak.
        public static let invalidRequest = Code(name: "invalid_csr", status: 422)
        /// The device has no such certificate.
        public static let unknownCertificate = Code(name: "unknown_certificate", status: 404)
        /// A document was changed since it was read.
        public static let versionConflict = Code(name: "version_conflict", status: 409)
        /// The account has no such command.
        public static let unknownCommand = Code(name: "unknown_command", status: 404)
        /// The device has as many commands as it may.
        public static let tooManyCommands = Code(name: "too_many_commands", status: 409)
        /// The order is too much for one.
        public static let orderTooLarge = Code(name: "order_too_large", status: 413)
        /// The command has ended.
        public static let commandFinished = Code(name: "command_finished", status: 409)
        /// The store failed, as `storeError` says.
        public static let store = Code(name: "store", status: 500)
    }

    public let code: Code
    /// One sentence for a person: what is wrong, and what helps.
    public let message: String
    /// With the code `store`.
    let storeError: LogError?

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        storeError = nil
    }

    init(_ error: LogError) {
        code = .store
        message = error.message
        storeError = error
    }

    public var description: String { message }

    static func unknownDevice(_ reference: String) -> FleetError {
        FleetError(.unknownDevice, "there is no device “\(reference)”; give its id, or its serial number")
    }

    static func unknownCommand(_ reference: String) -> FleetError {
        FleetError(.unknownCommand, "there is no command “\(reference)”; their ids are numbers")
    }

    static let unknownToken = FleetError(
        .invalidToken, "the registration token is not one of this server's capsules")
    static let usedToken = FleetError(
        .usedToken, "the registration token was used before; have a new capsule made")
    static let foreignSerialNumber = FleetError(
        .foreignDevice, "the serial number belongs to another account, which must give it away first")
}

extension Problem {
    init(_ error: FleetError) {
        if let error = error.storeError {
            self.init(error)
        } else {
            self.init(error.code.status, error.code.name, error.message.capitalizedSentence)
        }
    }
}
