import Synchronization

/// How many times a second something may happen, and how many of them at once after a pause.
public struct RateLimit: Sendable, Hashable {
    public var perSecond: Double
    public var burst: Double

    /// - Parameters:
    ///   - perSecond: More than 0.
    ///   - burst: At least 1. Nil: what two seconds bring.
    public init(perSecond: Double, burst: Double? = nil) {
        self.perSecond = perSecond
        self.burst = max(burst ?? perSecond * 2, 1)
    }
}

/// Token buckets, one for each key: a device, a user, an address.
final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    private struct Bucket {
        var tokens: Double
        var time: ContinuousClock.Instant
    }

    private let limit: RateLimit
    private let buckets = Mutex<[Key: Bucket]>([:])

    /// Keys that are remembered. Past it, those that have all their tokens are forgotten, and if that is none, all are.
    private static var keyCountMax: Int { 100_000 }

    init(_ limit: RateLimit) { self.limit = limit }

    /// Takes a token.
    ///
    /// - Returns: Nil, or how many whole seconds it takes until there is one.
    func take(_ key: Key, at now: ContinuousClock.Instant = .now) -> Int? {
        buckets.withLock { buckets in
            var bucket = filled(buckets[key], now)
            defer { buckets[key] = bucket }
            if buckets.count >= Self.keyCountMax, buckets[key] == nil { forget(&buckets, now) }
            guard bucket.tokens >= 1 else {
                return max(Int(((1 - bucket.tokens) / limit.perSecond).rounded(.up)), 1)
            }
            bucket.tokens -= 1
            return nil
        }
    }

    /// As `take`, but leaves the token where it is.
    func wait(_ key: Key, at now: ContinuousClock.Instant = .now) -> Int? {
        buckets.withLock { buckets in
            let bucket = filled(buckets[key], now)
            if bucket.tokens >= 1 { return nil }
            return max(Int(((1 - bucket.tokens) / limit.perSecond).rounded(.up)), 1)
        }
    }

    private func filled(_ bucket: Bucket?, _ now: ContinuousClock.Instant) -> Bucket {
        guard var bucket else { return Bucket(tokens: limit.burst, time: now) }
        bucket.tokens = min(limit.burst, bucket.tokens + (now - bucket.time) / .seconds(1) * limit.perSecond)
        bucket.time = now
        return bucket
    }

    private func forget(_ buckets: inout [Key: Bucket], _ now: ContinuousClock.Instant) {
        buckets = buckets.filter { filled($0.value, now).tokens < limit.burst }
        if buckets.count >= Self.keyCountMax { buckets.removeAll() }
    }
}
