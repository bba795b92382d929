public import LogDB
public import LogModel

/// The accounts, users and API keys of a store. Every change is durable and in the audit log when its call returns.
public final class Identities: Sendable {
    let store: LogStore
    let directory: IdentityDirectory
    let passwords = PasswordWorker()

    /// A user as it is shown.
    public struct User: Sendable {
        public let id: UInt64
        public let name: String
        public let account: String
        public let role: Role
        public let created: Timestamp
    }

    /// An API key as it is shown: without the key.
    public struct APIKey: Sendable {
        public let id: UInt64
        public let name: String
        public let account: String
        /// The names of its scopes.
        public let scopes: [String]
        /// Requests; 0 for no bound.
        public let perSecondMax: UInt64
        public let perDayMax: UInt64
        public let created: Timestamp
    }

    /// Who makes a change, for the audit log.
    public struct Author: Sendable {
        let actor: String
        let address: String

        /// A command that runs on the data directory.
        public static let command = Author(actor: "command", address: "")
    }

    /// Reads what is stored; makes the account `default` when there is none.
    ///
    /// - Throws: `LogError`.
    public init(_ store: LogStore) async throws(LogError) {
        self.store = store
        try await store.editTables { (editor) throws(LogError) in
            if try editor.row(AccountRecord.byName, Array(AccountRecord.defaultName.utf8)) == nil {
                try editor.insert(
                    AccountRecord(name: AccountRecord.defaultName, created: Timestamp.now.microseconds))
            }
        }
        directory = try await IdentityDirectory.load(store)
    }

    public var hasUsers: Bool { directory.read { !$0.users.isEmpty } }

    /// By name.
    public var users: [User] {
        directory.read { contents in
            contents.users.values.map { Identities.shown($0, contents) }.sorted { $0.name < $1.name }
        }
    }

    /// By name.
    public var apiKeys: [APIKey] {
        directory.read { contents in
            contents.keys.values.map { Identities.shown($0, contents) }.sorted { $0.name < $1.name }
        }
    }

    /// Nil where there is no such account.
    public func accountID(named name: String) -> UInt64? {
        directory.read { contents in contents.accounts.values.first { $0.name == name }?.id }
    }

    static func shown(_ user: UserRecord, _ contents: IdentityDirectory.Contents) -> User {
        User(
            id: user.id, name: user.name, account: contents.accountName(user.accountID), role: user.role,
            created: Timestamp(microseconds: user.created))
    }

    static func shown(_ key: APIKeyRecord, _ contents: IdentityDirectory.Contents) -> APIKey {
        APIKey(
            id: key.id, name: key.name, account: contents.accountName(key.accountID), scopes: key.scopes.names,
            perSecondMax: key.perSecondMax, perDayMax: key.perDayMax,
            created: Timestamp(microseconds: key.created))
    }

    // MARK: Users

    /// Adds a user, and the account where there is none of that name.
    ///
    /// - Parameter isFirst: Refuse when there are users already.
    /// - Throws: `IdentityError` `.invalid`, `.nameTaken`, `.alreadySetUp`; `LogError`; `Problem` when too many wait.
    @discardableResult
    public func addUser(
        _ name: String, role: Role, account: String = "default", password: String, isFirst: Bool = false,
        by author: Author
    ) async throws -> User {
        try IdentityRules.checkName(name, of: "a user")
        try IdentityRules.checkName(account, of: "an account")
        try IdentityRules.checkPassword(password)
        let hash = try await passwords.run { PasswordHash(password: password) }
        let now = Timestamp.now.microseconds
        let outcome = try await store.editTables { (editor) throws(LogError) -> Added<UserRecord> in
            if isFirst, try editor.last(of: UserRecord.self) != nil { return .alreadySetUp }
            if try editor.row(UserRecord.byName, Array(name.lowercased().utf8)) != nil { return .nameTaken }
            let owner = try Identities.account(account, now: now, in: editor)
            let user = try editor.insert(
                UserRecord(name: name, accountID: owner.id, role: role, password: hash, created: now))
            try AuditLog.append(
                AuditEvent(
                    actor: author.actor, action: "user.add", target: name, address: author.address,
                    detail: "role \(role.rawValue), account \(account)"), in: editor)
            return .added(user, owner)
        }
        switch outcome {
        case .alreadySetUp:
            throw IdentityError(.alreadySetUp, "there are users already; sign in as one of them")
        case .nameTaken: throw IdentityError(.nameTaken, "there is a user “\(name)” already")
        case .added(let user, let owner):
            directory.change { contents in
                contents.accounts[owner.id] = owner
                contents.put(user)
            }
            return directory.read { Identities.shown(user, $0) }
        }
    }

    /// Removes a user and ends their sign-ins.
    ///
    /// - Throws: `IdentityError` `.unknown`, `.lastAdministrator`; `LogError`.
    public func removeUser(_ name: String, by author: Author) async throws {
        guard let user = directory.read({ $0.user(named: name) }) else {
            throw IdentityError(.unknown, "there is no user “\(name)”")
        }
        let isLast = directory.read { contents in
            user.role == .admin && !contents.users.values.contains { $0.role == .admin && $0.id != user.id }
        }
        // A command on the data directory can always make another.
        if isLast, author.actor != Author.command.actor {
            throw IdentityError(
                .lastAdministrator, "“\(name)” is the last administrator; add another one first")
        }
        let signIns = directory.read { $0.signIns.values.filter { $0.userID == user.id } }
        try await store.editTables { (editor) throws(LogError) in
            guard let stored = try editor.row(user.id, of: UserRecord.self) else { return }
            try editor.delete(stored)
            for signIn in signIns {
                if let stored = try editor.row(signIn.id, of: SignInRecord.self) { try editor.delete(stored) }
            }
            try AuditLog.append(
                AuditEvent(actor: author.actor, action: "user.remove", target: name, address: author.address),
                in: editor)
        }
        directory.change { $0.remove(user) }
    }

    enum Added<Record: Sendable>: Sendable {
        case added(Record, AccountRecord)
        case nameTaken
        case alreadySetUp
    }

    static func account(_ name: String, now: Int64, in editor: TableEditor) throws(LogError) -> AccountRecord {
        if let account = try editor.row(AccountRecord.byName, Array(name.utf8)) { return account }
        return try editor.insert(AccountRecord(name: name, created: now))
    }
}
