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
    }

    public let code: Code
    /// One sentence for a person: what is wrong, and what helps.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    static func unknownDevice(_ reference: String) -> FleetError {
        FleetError(.unknownDevice, "there is no device “\(reference)”; give its id, or its serial number")
    }
}

extension Problem {
    init(_ error: FleetError) { self.init(error.code.status, error.code.name, error.message.capitalizedSentence) }
}
