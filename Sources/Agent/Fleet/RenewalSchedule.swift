/// When to ask for the next certificate. Knows no clock and no server.
struct RenewalSchedule: Sendable {
    /// Between two attempts, in seconds, whatever came of the first: a certificate has weeks left when it is first asked
    /// for the next, and a clock that is wrong makes each seem old.
    static let retrySeconds: Int64 = 3_600
    /// The same on the last day of a certificate, and after it.
    static let urgentRetrySeconds: Int64 = 60

    let lifetime: CertificateLifetime
    private var lastAttempt: Int64?

    init(_ lifetime: CertificateLifetime) { self.lifetime = lifetime }

    /// In how many seconds to ask; 0 for now.
    func delay(now: Int64) -> Int64 {
        var due = lifetime.renewal
        if let lastAttempt {
            let isUrgent = lifetime.end - now < 86_400
            due = max(
                due, lastAttempt + (isUrgent ? RenewalSchedule.urgentRetrySeconds : RenewalSchedule.retrySeconds))
        }
        return max(0, due - now)
    }

    mutating func attempted(now: Int64) { lastAttempt = now }
}
