import LogDB
import LogModel

extension Identities {
    /// Adds an API key.
    ///
    /// - Parameters:
    ///   - scopes: Names of `Permissions`, at least one.
    ///   - perSecondMax: Requests; 0 for no bound. The same for a day.
    /// - Returns: The key itself, which is not kept and cannot be shown again.
    /// - Throws: `IdentityError` `.invalid`, `.nameTaken`; `LogError`.
    public func addAPIKey(
        _ name: String, scopes: [String], account: String = "default", perSecondMax: UInt64 = 0,
        perDayMax: UInt64 = 0, by author: Author
    ) async throws -> (text: String, key: APIKey) {
        try IdentityRules.checkName(name, of: "an API key")
        try IdentityRules.checkName(account, of: "an account")
        guard let granted = Permissions(names: scopes), !granted.isEmpty else {
            throw IdentityError(
                .invalid, "the scopes of an API key are some of \(Permissions.names.joined(separator: ", "))")
        }
        let text = APIKeyText.make()
        let now = Timestamp.now.microseconds
        let outcome = try await store.editTables { (editor) throws(LogError) -> Added<APIKeyRecord> in
            if try editor.row(APIKeyRecord.byName, Array(name.lowercased().utf8)) != nil { return .nameTaken }
            let owner = try Identities.account(account, now: now, in: editor)
            let key = try editor.insert(
                APIKeyRecord(
                    name: name, accountID: owner.id, hash: APIKeyText.hash(text), scopes: granted,
                    perSecondMax: perSecondMax, perDayMax: perDayMax, created: now))
            try AuditLog.append(
                AuditEvent(
                    actor: author.actor, action: "api_key.add", target: name, address: author.address,
                    detail: "scopes \(granted.names.joined(separator: " ")), account \(account)"), in: editor)
            return .added(key, owner)
        }
        guard case .added(let key, let owner) = outcome else {
            throw IdentityError(.nameTaken, "there is an API key “\(name)” already")
        }
        directory.change { contents in
            contents.accounts[owner.id] = owner
            contents.put(key)
        }
        return (text, directory.read { Identities.shown(key, $0) })
    }

    /// Removes an API key; its next request is refused.
    ///
    /// - Throws: `IdentityError` `.unknown`; `LogError`.
    public func removeAPIKey(_ name: String, by author: Author) async throws {
        guard let key = directory.read({ $0.key(named: name) }) else {
            throw IdentityError(.unknown, "there is no API key “\(name)”")
        }
        try await store.editTables { (editor) throws(LogError) in
            guard let stored = try editor.row(key.id, of: APIKeyRecord.self) else { return }
            try editor.delete(stored)
            try AuditLog.append(
                AuditEvent(actor: author.actor, action: "api_key.remove", target: name, address: author.address),
                in: editor)
        }
        directory.change { $0.remove(key) }
    }
}
