import Synchronization

/// The session of entries that name none: that of the command line, or one that a command began, which goes on in the
/// agent's next runs until a command ends it.
final class CurrentSession: Sendable {
    private let given: String?
    private let path: String
    private let current: Mutex<String?>

    /// - Parameters:
    ///   - given: The command line's session. It takes the place of one that a command began.
    ///   - directory: Where the name of one that a command began is kept, in the file `session`.
    init(_ given: String?, directory: String) {
        self.given = given
        path = directory + "/session"
        current = Mutex(given)
    }

    /// Goes on with the session that a command began in an earlier run. Called once, by who has the directory's lock.
    ///
    /// - Throws: `.io`.
    func restore() throws(AgentError) {
        guard Files.exists(path) else { return }
        if given != nil { return try Files.remove(path) }
        let kept = String(decoding: try Files.read(path), as: UTF8.self)
        current.withLock { $0 = kept }
    }

    /// Nil: there is none now.
    var name: String? { current.withLock { $0 } }

    /// Entries that come from now on are the session's. A crash after this leaves it so.
    func begin(_ name: String) throws(AgentError) {
        try Files.replace(path, with: Array(name.utf8))
        current.withLock { $0 = name }
    }

    /// Entries that come from now on are of no session, unless they name one.
    func end() throws(AgentError) {
        if Files.exists(path) { try Files.remove(path) }
        current.withLock { $0 = nil }
    }
}
