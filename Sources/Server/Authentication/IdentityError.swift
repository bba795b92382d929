/// Why a user or a key was not made, changed or removed.
public struct IdentityError: Error, Sendable, CustomStringConvertible {
    /// A stable name for the kind of error.
    public struct Code: Hashable, Sendable {
        public let name: String

        /// The name, the password, the scopes or a quota are out of their bounds.
        public static let invalid = Code(name: "invalid_identity")
        /// Somebody has the name already.
        public static let nameTaken = Code(name: "name_taken")
        /// There is nobody of that name.
        public static let unknown = Code(name: "unknown_identity")
        /// Without this user nobody could administer the server any more.
        public static let lastAdministrator = Code(name: "last_administrator")
        /// There are users already.
        public static let alreadySetUp = Code(name: "already_set_up")
    }

    public let code: Code
    /// One sentence for a person: what is wrong, and what helps.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
