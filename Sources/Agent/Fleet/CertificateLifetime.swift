/// From when until when a certificate is good, in seconds since the epoch.
struct CertificateLifetime: Sendable, Hashable {
    var begin: Int64
    var end: Int64

    /// When to ask for the next one: after two thirds of the time, so that a third of it is left for a device that is
    /// offline or refused.
    var renewal: Int64 { begin + (end - begin) / 3 * 2 }

    func isOver(at now: Int64) -> Bool { now >= end }
}
