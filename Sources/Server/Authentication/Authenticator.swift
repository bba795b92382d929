import HTTPTypes
import HummingbirdCore
import LogModel
import Synchronization

/// Finds out who sends a request.
final class Authenticator: Sendable {
    /// Who it is, as far as the request's head says.
    enum Finding: Sendable {
        case principal(Principal)
        /// There is no credential.
        case nobody
        /// There is one, and it is not good.
        case refused(Problem)
    }

    /// Nil: nobody is asked, and everyone may do everything.
    let signIns: SignIns?
    private let tokens = Mutex<[String: AccessToken]>([:])
    private let keyRates = Mutex<[UInt64: RateLimiter<UInt64>]>([:])
    private let keyQuotas: DayQuota

    /// Tokens whose signature was checked and need not be again; past it, all are checked anew.
    private static let tokenCountMax = 4_096

    static let cookieName = "logdb_token"
    static let refreshCookieName = "logdb_refresh"

    init(_ signIns: SignIns?, _ keyQuotas: DayQuota) {
        self.signIns = signIns
        self.keyQuotas = keyQuotas
    }

    /// Writes down what keys have used of their day.
    func writeQuotas() async { await keyQuotas.write() }

    func find(_ headers: HTTPFields, now: Timestamp = .now) -> Finding {
        guard let signIns else { return .principal(.everyone) }
        if let key = headers[.apiKey] { return apiKey(key, signIns, now) }
        if let authorization = headers[.authorization] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else {
                return .refused(.unauthorized("invalid_credentials", "Authorization must be “Bearer” and a token."))
            }
            let credential = parts[1].trimmingSpaces()
            // For clients that know of no other header, such as Prometheus.
            if credential.hasPrefix(APIKeyText.prefix) { return apiKey(credential, signIns, now) }
            return token(String(credential), signIns, now)
        }
        if let cookie = Cookies.value(Authenticator.cookieName, in: headers) {
            guard case .principal(var principal) = token(cookie, signIns, now) else {
                return .refused(.unauthorized("invalid_credentials", "You are no longer signed in; sign in again."))
            }
            principal.isFromCookie = true
            return .principal(principal)
        }
        return .nobody
    }

    /// Whether what somebody showed before would still let them in.
    func isStillGood(_ principal: Principal, now: Timestamp = .now) -> Bool {
        guard let signIns else { return true }
        if let expires = principal.expires, expires <= now { return false }
        return signIns.identities.directory.read { contents in
            switch principal.kind {
            case .everyone, .device: true
            case .user:
                contents.users[principal.id]?.role == principal.role
                    && principal.signInID.map { contents.signIns[$0] != nil } ?? false
            case .apiKey: contents.keys[principal.id]?.scopes == principal.permissions
            }
        }
    }

    private func token(_ text: String, _ signIns: SignIns, _ now: Timestamp) -> Finding {
        let known = tokens.withLock { $0[text] }
        guard let token = known ?? signIns.token(text), let principal = signIns.principal(token, now: now) else {
            if known != nil { tokens.withLock { $0[text] = nil } }
            return .refused(
                .unauthorized("invalid_credentials", "The token is not one of this server's, or no longer good."))
        }
        if known == nil {
            tokens.withLock { tokens in
                if tokens.count >= Authenticator.tokenCountMax { tokens.removeAll() }
                tokens[text] = token
            }
        }
        return .principal(principal)
    }

    private func apiKey(_ text: some StringProtocol, _ signIns: SignIns, _ now: Timestamp) -> Finding {
        let hash = APIKeyText.hash(text.prefix(256))
        let found = signIns.identities.directory.read { contents -> (APIKeyRecord, Principal)? in
            guard let key = contents.keyIDs[hash].flatMap({ contents.keys[$0] }) else { return nil }
            return (
                key,
                Principal(
                    kind: .apiKey, id: key.id, name: key.name, accountID: key.accountID,
                    accountName: contents.accountName(key.accountID), permissions: key.scopes)
            )
        }
        guard let (key, principal) = found else {
            return .refused(.unauthorized("invalid_credentials", "The API key is not one of this server's."))
        }
        if key.perSecondMax > 0, let seconds = rate(of: key).take(key.id) {
            return .refused(
                Problem(
                    429, "rate_limited", "The API key “\(key.name)” may be used \(key.perSecondMax) times a second.",
                    retryAfterSeconds: seconds))
        }
        if key.perDayMax > 0, let seconds = keyQuotas.take(key.id, most: key.perDayMax, at: now) {
            return .refused(
                Problem(
                    429, "quota_exhausted", "The API key “\(key.name)” may be used \(key.perDayMax) times a day.",
                    retryAfterSeconds: seconds))
        }
        return .principal(principal)
    }

    private func rate(of key: APIKeyRecord) -> RateLimiter<UInt64> {
        keyRates.withLock { rates in
            if let rate = rates[key.id] { return rate }
            let perSecond = Double(key.perSecondMax)
            let rate = RateLimiter<UInt64>(RateLimit(perSecond: perSecond, burst: perSecond))
            rates[key.id] = rate
            return rate
        }
    }
}

extension HTTPField.Name {
    static let apiKey = HTTPField.Name("X-API-Key")!
    static let csrfToken = HTTPField.Name("X-CSRF-Token")!
}

extension Problem {
    static func unauthorized(_ code: String, _ detail: String) -> Problem { Problem(401, code, detail) }

    static let credentialNeeded = Problem.unauthorized(
        "unauthorized",
        "This needs a credential: “Authorization: Bearer” with a token of /api/v1/auth/login, or X-API-Key.")
}
