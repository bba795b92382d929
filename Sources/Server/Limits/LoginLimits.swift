/// Bounds how often somebody may try to sign in, or a device to register; always on.
final class LoginLimits: Sendable {
    /// Any attempt counts for its address, one that failed for its address and name together: whoever knows the password
    /// is not held up by somebody else's guesses from elsewhere.
    private let attempts = RateLimiter<String>(RateLimit(perSecond: 5, burst: 100))
    private let failures = RateLimiter<String>(RateLimit(perSecond: 0.1, burst: 10))

    private let what: String

    init(what: String = "to sign in") { self.what = what }

    /// - Throws: `Problem` 429 `rate_limited`.
    func check(_ address: String, user: String) throws(Problem) {
        guard let seconds = attempts.take(address) ?? failures.wait(key(address, user)) else { return }
        throw Problem(
            429, "rate_limited", "Too many attempts \(what); wait \(seconds) seconds.", retryAfterSeconds: seconds)
    }

    func didFail(_ address: String, user: String) { _ = failures.take(key(address, user)) }

    private func key(_ address: String, _ user: String) -> String {
        "\(address) \(user.lowercased().prefix(byteCount: 64))"
    }
}
