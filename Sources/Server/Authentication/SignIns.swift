import LogDB
import LogModel

/// Signing in and out, and the tokens that prove it.
final class SignIns: Sendable {
    let identities: Identities
    private let key: SigningKey
    private let sealKey: [UInt8]
    private let csrfKey: [UInt8]

    /// What a sign-in hands out.
    struct Tokens: Sendable {
        var access: String
        var refresh: String
        var csrf: String
        var user: UserRecord
    }

    enum Refreshed: Sendable {
        case tokens(Tokens)
        /// No token of ours, or of a sign-in that has ended.
        case unknown
        /// The token was used before: somebody has a copy. The sign-in has ended.
        case reused
    }

    /// Two tabs of a browser share its cookies, and may both refresh before one has the answer.
    private static let cookieGraceMicroseconds: Int64 = 10_000_000

    /// - Throws: `ServerError` `.secrets`.
    init(_ identities: Identities, dataDirectory: String) throws(ServerError) {
        self.identities = identities
        let seed = try SecretFile.read("signing.key", count: SigningKey.seedByteCount, in: dataDirectory)
        guard let key = SigningKey(seed: seed) else {
            throw ServerError(.secrets, "OpenSSL does not take the signing key in \(dataDirectory)")
        }
        self.key = key
        sealKey = OpenSSL.hmac(key: seed, Array("refresh tokens".utf8))
        csrfKey = OpenSSL.hmac(key: seed, Array("csrf tokens".utf8))
    }

    // MARK: Checking

    /// Who an access token belongs to; nil where it is none, has expired, or its sign-in or user is gone.
    func principal(_ token: AccessToken, now: Timestamp) -> Principal? {
        guard token.expires > now.microseconds / 1_000_000 else { return nil }
        return identities.directory.read { contents in
            guard let signIn = contents.signIns[token.signInID], signIn.userID == token.userID,
                let user = contents.users[token.userID]
            else { return nil }
            return Principal(
                kind: .user, id: user.id, name: user.name, accountID: user.accountID,
                accountName: contents.accountName(user.accountID), permissions: user.role.permissions, role: user.role,
                signInID: signIn.id, expires: Timestamp(microseconds: token.expires * 1_000_000))
        }
    }

    func token(_ text: some StringProtocol) -> AccessToken? { AccessToken(text, signedWith: key) }

    /// What a page must send beside the cookie, which another site's page cannot know.
    func csrfToken(signInID: UInt64) -> String {
        Base64URL.encode(OpenSSL.hmac(key: csrfKey, Array(String(signInID).utf8)))
    }

    // MARK: Signing in

    /// Nil: no such user, or another password.
    func signIn(_ name: String, password: String, address: String) async throws -> Tokens? {
        let user = identities.directory.read { $0.user(named: name) }
        let isRight = try await identities.passwords.run { (user?.password ?? .nobody).isOf(password) }
        guard let user, isRight else {
            try await AuditLog(identities.store).append(
                AuditEvent(
                    actor: "nobody", action: "auth.login", target: name.prefix(byteCount: 64), isRefused: true,
                    address: address))
            return nil
        }
        return try await begin(user, action: "auth.login", address: address)
    }

    func begin(_ user: UserRecord, action: String, address: String) async throws -> Tokens {
        let now = Timestamp.now.microseconds
        let expired = identities.directory.read { contents in
            contents.signIns.values.filter { $0.expires <= now }
        }
        let signIn = try await identities.store.editTables { (editor) throws(LogError) in
            for signIn in expired {
                if let stored = try editor.row(signIn.id, of: SignInRecord.self) { try editor.delete(stored) }
            }
            try AuditLog.append(
                AuditEvent(actor: "user:\(user.name)", action: action, address: address), in: editor)
            return try editor.insert(
                SignInRecord(
                    userID: user.id, created: now, expires: now + RefreshToken.lifetimeSeconds * 1_000_000))
        }
        identities.directory.change { contents in
            for signIn in expired { contents.signIns[signIn.id] = nil }
            contents.signIns[signIn.id] = signIn
        }
        return tokens(signIn, user)
    }

    /// Takes a refresh token for the next one.
    func refresh(_ text: String, isFromCookie: Bool, address: String) async throws -> Refreshed {
        guard let token = RefreshToken(text, sealedWith: sealKey) else { return .unknown }
        let now = Timestamp.now.microseconds
        enum Step: Sendable {
            case unknown
            case reused
            case same(SignInRecord)
            case next(SignInRecord)
        }
        let step = try await identities.store.editTables { (editor) throws(LogError) -> Step in
            guard let signIn = try editor.row(token.signInID, of: SignInRecord.self), signIn.expires > now,
                token.generation <= signIn.generation
            else { return .unknown }
            if token.generation == signIn.generation {
                var next = signIn
                next.generation += 1
                next.refreshed = now
                next.expires = now + RefreshToken.lifetimeSeconds * 1_000_000
                try editor.update(next, replacing: signIn)
                return .next(next)
            }
            if isFromCookie, token.generation + 1 == signIn.generation,
                now - signIn.refreshed < SignIns.cookieGraceMicroseconds
            {
                return .same(signIn)
            }
            try editor.delete(signIn)
            try AuditLog.append(
                AuditEvent(
                    actor: "nobody", action: "auth.refresh", target: String(signIn.userID), isRefused: true,
                    address: address, detail: "a refresh token was used twice; its sign-in has ended"), in: editor)
            return .reused
        }
        switch step {
        case .unknown: return .unknown
        case .reused:
            identities.directory.change { $0.signIns[token.signInID] = nil }
            return .reused
        case .same(let signIn), .next(let signIn):
            let user = identities.directory.read { $0.users[signIn.userID] }
            guard let user else { return .unknown }
            identities.directory.change { contents in
                // It may have ended, or gone on, meanwhile.
                guard let known = contents.signIns[signIn.id], known.generation < signIn.generation else { return }
                contents.signIns[signIn.id] = signIn
            }
            return .tokens(tokens(signIn, user))
        }
    }

    /// Ends a sign-in: its access tokens too are refused from now on.
    func signOut(_ signInID: UInt64, author: Identities.Author) async throws {
        try await identities.store.editTables { (editor) throws(LogError) in
            guard let stored = try editor.row(signInID, of: SignInRecord.self) else { return }
            try editor.delete(stored)
            try AuditLog.append(
                AuditEvent(actor: author.actor, action: "auth.logout", address: author.address), in: editor)
        }
        identities.directory.change { $0.signIns[signInID] = nil }
    }

    /// The sign-in that a refresh token belongs to.
    func signInID(ofRefreshToken text: String) -> UInt64? { RefreshToken(text, sealedWith: sealKey)?.signInID }

    private func tokens(_ signIn: SignInRecord, _ user: UserRecord) -> Tokens {
        let now = Timestamp.now.microseconds / 1_000_000
        let access = AccessToken(
            userID: user.id, signInID: signIn.id, issued: now, expires: now + AccessToken.lifetimeSeconds)
        let refresh = RefreshToken(signInID: signIn.id, generation: signIn.generation)
        return Tokens(
            access: access.text(signedWith: key), refresh: refresh.text(sealedWith: sealKey),
            csrf: csrfToken(signInID: signIn.id), user: user)
    }
}
