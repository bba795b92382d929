/// How far a clock of the device is from the server's, from the times that the server says (after RFC 5905, section 8): an
/// exchange that takes long tells little, so of the last few the quickest counts.
struct ClockOffset: Sendable {
    private struct Sample {
        var roundTrip: Int64
        var offset: Int64
    }

    /// A clock is set, or drifts: what is older says nothing of it.
    private static let sampleCountMax = 8
    private var samples: [Sample] = []

    /// The device's clock less the server's, in microseconds; nil before the first sample.
    var microseconds: Int64? { samples.min { $0.roundTrip < $1.roundTrip }?.offset }

    /// Takes one exchange, all in microseconds.
    ///
    /// - Parameters:
    ///   - sent: The device's clock when the request left.
    ///   - server: The server's in its answer.
    ///   - roundTrip: From the request to the answer, by a clock that nobody sets.
    mutating func add(sent: Int64, server: Int64, roundTrip: Int64) {
        let sample = Sample(roundTrip: roundTrip, offset: sent + roundTrip / 2 - server)
        if let last = samples.last, abs(last.offset - sample.offset) > ClockOffset.leap + last.roundTrip + roundTrip {
            // One of the clocks was set: what was known is of no use.
            samples = []
        }
        if samples.count == ClockOffset.sampleCountMax { samples.removeFirst() }
        samples.append(sample)
    }

    /// More than any drift between two heartbeats.
    private static let leap: Int64 = 1_000_000
}
