import HTTPTypes

/// How many requests a second are taken, past those at signing in; nil for any number.
public struct RateLimits: Sendable, Hashable {
    /// Of each device that sends entries: by its certificate, else by `X-Batch-Device`.
    public var perDevice: RateLimit?
    /// Of each user, and of each API key.
    public var perUser: RateLimit?
    /// Of each address.
    public var perAddress: RateLimit?

    public init() {}
}

/// Keeps requests within the rates.
final class RequestRates: Sendable {
    private let devices: RateLimiter<String>?
    private let users: RateLimiter<String>?
    private let addresses: RateLimiter<String>?
    /// Nothing is bounded.
    let isOff: Bool

    init(_ limits: RateLimits) {
        devices = limits.perDevice.map { RateLimiter($0) }
        users = limits.perUser.map { RateLimiter($0) }
        addresses = limits.perAddress.map { RateLimiter($0) }
        isOff = limits == RateLimits()
    }

    /// - Throws: `Problem` 429 `rate_limited`.
    func check(_ principal: Principal?, _ headers: HTTPFields, address: String) throws(Problem) {
        if let addresses, let seconds = addresses.take(address) { throw refusal("the address \(address)", seconds) }
        guard let principal else { return }
        if let users, principal.kind == .user || principal.kind == .apiKey,
            let seconds = users.take("\(principal.kind.rawValue) \(principal.id)")
        {
            throw refusal("“\(principal.name)”", seconds)
        }
        let device = principal.kind == .device ? principal.name : headers[.batchDevice]
        if let devices, let device = device?.prefix(byteCount: 256), let seconds = devices.take(device) {
            throw refusal("the device “\(device)”", seconds)
        }
    }

    private func refusal(_ who: String, _ seconds: Int) -> Problem {
        Problem(
            429, "rate_limited", "Too many requests of \(who); wait \(seconds) s.", retryAfterSeconds: seconds)
    }
}
