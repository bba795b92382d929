import HTTPTypes
import HummingbirdCore
import LogModel

/// Decides whether a request may go on, from its head alone: nothing of its body was read.
enum AccessCheck {
    /// Who asks, and why not if not.
    struct Decision {
        var principal: Principal?
        var refusal: Problem?
    }

    /// Before it is known whether there is such a route.
    static func beforeRouting(_ path: Substring, _ headers: HTTPFields, _ authenticator: Authenticator) -> Decision {
        switch authenticator.find(headers) {
        case .principal(let principal): return Decision(principal: principal)
        case .nobody:
            return Decision(refusal: Policy.needsCredential(path) ? .credentialNeeded : nil)
        case .refused(let problem):
            return Decision(refusal: Policy.needsCredential(path) ? problem : nil)
        }
    }

    /// On the device listener.
    ///
    /// - Parameter peer: What the client showed of itself.
    static func ofDevice(_ peer: Connections.Peer?, _ path: Substring, _ services: Services) -> Decision {
        if let peer {
            let directory = services.fleet.directory
            if directory.isRevoked(peer.serial) {
                return Decision(
                    refusal: .unauthorized(
                        "certificate_revoked", "This certificate was taken back; register anew with a new capsule."))
            }
            guard peer.expires > services.fleet.clock().microseconds / 1_000_000 else {
                return Decision(
                    refusal: .unauthorized(
                        "certificate_expired", "This certificate has expired; register anew with a new capsule."))
            }
            let account = directory.account(of: Array(peer.device.utf8))
            let name = services.identities.directory.read { $0.accountName(account) }
            return Decision(principal: .device(peer.device, accountID: account, accountName: name))
        }
        if Policy.openPathsOfDevices.contains(String(path)) { return Decision() }
        return Decision(
            refusal: .unauthorized(
                "certificate_needed", "This listener wants a certificate that names a device, as of its registration."))
    }

    /// - Throws: `Problem` 401 or 403.
    static func check(
        _ principal: Principal?, _ route: Route, _ method: HTTPRequest.Method, _ headers: HTTPFields,
        _ signIns: SignIns?
    ) throws(Problem) {
        guard Policy.isAllowed(principal, route.access(method)) else {
            guard let principal else { throw .credentialNeeded }
            throw Problem(
                403, "forbidden",
                "\(principal.role.map { "The role \($0.rawValue)" } ?? "This credential") may not do this.")
        }
        // What is open does nothing in the name of whoever is signed in.
        guard let principal, principal.isFromCookie, method != .get, method != .head,
            route.access(method) != .open, let signIns, let signInID = principal.signInID
        else { return }
        let expected = Array(signIns.csrfToken(signInID: signInID).utf8)
        guard let given = headers[.csrfToken], OpenSSL.isEqual(Array(given.utf8), expected) else {
            throw Problem(
                403, "csrf",
                "A request with the cookie alone changes nothing: send X-CSRF-Token with the csrf_token "
                    + "of /api/v1/auth/me.")
        }
    }
}
