import Testing

@testable import Server

struct RateLimiterTests {
    private let start = ContinuousClock.now

    @Test func tokensComeBackWithTime() {
        let limiter = RateLimiter<String>(RateLimit(perSecond: 2, burst: 3))
        for _ in 0..<3 { #expect(limiter.take("a", at: start) == nil) }
        #expect(limiter.take("a", at: start) == 1)
        #expect(limiter.take("b", at: start) == nil)
        #expect(limiter.take("a", at: start + .milliseconds(499)) == 1)
        #expect(limiter.take("a", at: start + .milliseconds(501)) == nil)
        #expect(limiter.take("a", at: start + .milliseconds(502)) == 1)
        for _ in 0..<3 { #expect(limiter.take("a", at: start + .seconds(100)) == nil) }
        #expect(limiter.take("a", at: start + .seconds(100)) == 1)
    }

    @Test func slowRatesSayHowLong() {
        let limiter = RateLimiter<Int>(RateLimit(perSecond: 0.1, burst: 1))
        #expect(limiter.take(1, at: start) == nil)
        #expect(limiter.take(1, at: start) == 10)
        #expect(limiter.wait(1, at: start + .seconds(3)) == 7)
        #expect(limiter.wait(1, at: start + .seconds(11)) == nil)
    }
}
