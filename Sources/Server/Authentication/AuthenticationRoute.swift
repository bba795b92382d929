import HTTPTypes
import HummingbirdCore

/// Signing in and out.
enum AuthenticationRoute {
    /// `POST /api/v1/auth/setup`: makes the first user.
    @Sendable static func setup(_ exchange: Exchange) async throws -> Response {
        let signIns = try signIns(exchange)
        try exchange.services.loginLimits.check(exchange.address, user: "")
        var members = try await exchange.bodyParameters()
        let token = try members.require("setup_token")
        let name = try members.require("username")
        let password = try members.require("password")
        let isCookie = try members.takeChoice("cookie", ["true": true, "false": false]) ?? false
        try members.checkAllTaken()
        guard exchange.services.setupToken.isRight(token) else {
            if signIns.identities.hasUsers {
                throw Problem(IdentityError(.alreadySetUp, "there are users already; sign in as one of them"))
            }
            exchange.services.loginLimits.didFail(exchange.address, user: "")
            throw Problem.unauthorized(
                "invalid_setup_token", "This is not the setup token that the server printed when it started.")
        }
        let author = Identities.Author(actor: "setup", address: exchange.address)
        try await signIns.identities.addUser(name, role: .admin, password: password, isFirst: true, by: author)
        exchange.services.setupToken.forget()
        guard let user = signIns.identities.directory.read({ $0.user(named: name) }) else {
            throw Problem(409, "conflict", "The user was removed meanwhile.")
        }
        let tokens = try await signIns.begin(user, action: "auth.setup", address: exchange.address)
        return answer(tokens, exchange, isCookie: isCookie, status: .created)
    }

    /// `POST /api/v1/auth/login`.
    @Sendable static func login(_ exchange: Exchange) async throws -> Response {
        let signIns = try signIns(exchange)
        var members = try await exchange.bodyParameters()
        let name = try members.require("username")
        let password = try members.require("password")
        let isCookie = try members.takeChoice("cookie", ["true": true, "false": false]) ?? false
        try members.checkAllTaken()
        try exchange.services.loginLimits.check(exchange.address, user: name)
        guard let tokens = try await signIns.signIn(name, password: password, address: exchange.address) else {
            exchange.services.loginLimits.didFail(exchange.address, user: name)
            throw Problem.unauthorized("invalid_login", "The name or the password is wrong.")
        }
        return answer(tokens, exchange, isCookie: isCookie)
    }

    /// `POST /api/v1/auth/refresh`: the next tokens for a refresh token, from the body or from the cookie.
    @Sendable static func refresh(_ exchange: Exchange) async throws -> Response {
        let signIns = try signIns(exchange)
        try exchange.services.loginLimits.check(exchange.address, user: "")
        var members = try await exchange.bodyParameters()
        let given = try members.take("refresh_token")
        try members.checkAllTaken()
        let cookie = Cookies.value(Authenticator.refreshCookieName, in: exchange.request.headers)
        guard let token = given ?? cookie else {
            throw Problem.unauthorized("invalid_refresh_token", "There is no refresh token, in the body or a cookie.")
        }
        switch try await signIns.refresh(token, isFromCookie: given == nil, address: exchange.address) {
        case .tokens(let tokens): return answer(tokens, exchange, isCookie: given == nil)
        case .unknown:
            throw Problem.unauthorized("invalid_refresh_token", "The refresh token is no longer good; sign in again.")
        case .reused:
            throw Problem.unauthorized(
                "refresh_token_reused",
                "The refresh token was used before, so somebody may have a copy: this sign-in has ended. Sign in again."
            )
        }
    }

    /// `POST /api/v1/auth/logout`.
    @Sendable static func logout(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        if let signIns = exchange.services.authenticator.signIns, let id = exchange.principal?.signInID {
            try await signIns.signOut(id, author: exchange.author)
        }
        var headers: HTTPFields = [:]
        for field in Cookies.clear(isSecure: exchange.isSecure) {
            headers.append(HTTPField(name: .setCookie, value: field))
        }
        return Response(status: .noContent, headers: headers)
    }

    /// `GET /api/v1/auth/me`.
    @Sendable static func me(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        guard let principal = exchange.principal else { throw Problem.credentialNeeded }
        let csrf = principal.isFromCookie ? principal.signInID : nil
        return exchange.json { json in
            json.object { json in
                json.member("kind", principal.kind.rawValue)
                json.member("name", principal.name)
                json.member("account", principal.accountName)
                json.member("role", principal.role?.rawValue)
                json.key("permissions")
                json.array(principal.permissions.names) { json, name in json.value(name) }
                json.member("expires", principal.expires)
                if let csrf, let signIns = exchange.services.authenticator.signIns {
                    json.member("csrf_token", signIns.csrfToken(signInID: csrf))
                }
            }
        }
    }

    private static func signIns(_ exchange: Exchange) throws(Problem) -> SignIns {
        try exchange.checkNoParameters()
        guard let signIns = exchange.services.authenticator.signIns else {
            throw Problem(
                409, "no_authentication", "The server runs with --auth none: everybody is signed in already.")
        }
        return signIns
    }

    private static func answer(
        _ tokens: SignIns.Tokens, _ exchange: Exchange, isCookie: Bool, status: HTTPResponse.Status = .ok
    ) -> Response {
        var response = exchange.json(status: status) { json in
            json.object { json in
                if !isCookie {
                    json.member("access_token", tokens.access)
                    json.member("refresh_token", tokens.refresh)
                    json.member("token_type", "Bearer")
                }
                json.member("expires_in", Int(AccessToken.lifetimeSeconds))
                if isCookie { json.member("csrf_token", tokens.csrf) }
            }
        }
        response.headers[.cacheControl] = "no-store"
        if isCookie {
            for field in Cookies.set(tokens, isSecure: exchange.isSecure) {
                response.headers.append(HTTPField(name: .setCookie, value: field))
            }
        }
        return response
    }
}
