/// The uploader's rules, without any input or output: it takes events and says what to do.
///
/// Invariants:
/// - batches are sent in the order in which they became available, one at a time;
/// - the batch at the front is sent again, the same, until the server took it or refused it for good; only then does
///   the next one go out;
/// - each batch leaves by exactly one `advance` or one `quarantine`, or stays with its keeper when the machine stops.
public struct UploadMachine: Sendable {
    public typealias Instant = ContinuousClock.Instant

    public enum Event: Sendable {
        /// One more batch is ready.
        case batchAvailable(UploadBatch)
        /// No more batches will become available; stop when all are through.
        case inputEnded
        /// The attempt on the wire was answered.
        case answered(UploadAnswer)
        /// The attempt on the wire got no answer.
        case failed(String)
        /// The request cannot be made at all, however often it is tried.
        case impossible(String)
        /// Time has passed.
        case tick
        /// Finish what goes well, retry nothing more, and stop.
        case drain
    }

    public enum Action: Sendable, Hashable {
        /// Send the batch and report the outcome.
        case send(UploadBatch)
        /// Send a `tick` at that time, or later.
        case wait(until: Instant, Setback)
        /// The server has the batch: record this durably, before any later action.
        case advance(UploadBatch, UploadReceipt)
        /// The server will never take the batch: set it aside durably, with the reason, before any later action.
        case quarantine(UploadBatch, UploadAnswer)
        case stop(End)
    }

    /// Why an attempt has to be made again.
    public struct Setback: Sendable, Hashable {
        public var batch: UploadBatch
        /// Failures of this batch in a row, this one included.
        public var failureCount: Int
        public var reason: String
    }

    public enum End: Sendable, Hashable {
        /// Every batch is through.
        case finished
        /// Asked to drain, with that many batches left.
        case drained(leftCount: Int)
        /// Nothing that this machine does will help.
        case impossible(String)
    }

    private enum Phase {
        case idle, sending, waiting(until: Instant), stopped
    }

    private var phase = Phase.idle
    private var queue: [UploadBatch] = []
    private var failureCount = 0
    private var isInputEnded = false
    private var isDraining = false
    private let backoff: UploadBackoff
    private let patientBackoff: UploadBackoff
    private let isPersistent: Bool
    private var random: SeededRandom

    /// - Parameters:
    ///   - isPersistent: Whether to go on, patiently, where the server has no ingest route: for a service that nobody
    ///     starts again.
    ///   - seed: Of the random part of the waits.
    public init(
        backoff: UploadBackoff = .standard, patientBackoff: UploadBackoff = .patient, isPersistent: Bool = false,
        seed: UInt64
    ) {
        self.isPersistent = isPersistent
        self.backoff = backoff
        self.patientBackoff = patientBackoff
        random = SeededRandom(seed: seed)
    }

    /// The longest that a server's `Retry-After` is believed.
    public static let retryAfterMax = Duration.seconds(3_600)

    /// Takes one event. Events that do not fit, such as an early or a late tick, change nothing.
    ///
    /// - Returns: What to do, in this order.
    public mutating func handle(_ event: Event, now: Instant) -> [Action] {
        if case .stopped = phase { return [] }
        switch event {
        case .batchAvailable(let batch):
            queue.append(batch)
            return goOn()
        case .inputEnded:
            isInputEnded = true
            return goOn()
        case .tick:
            guard case .waiting(let until) = phase, now >= until else { return [] }
            phase = .idle
            return goOn()
        case .answered(let answer):
            guard case .sending = phase, let batch = queue.first else { return [] }
            return take(answer, for: batch, now: now)
        case .failed(let reason):
            guard case .sending = phase, let batch = queue.first else { return [] }
            return retry(batch, reason: reason, backoff: backoff, retryAfter: nil, now: now)
        case .impossible(let reason):
            return stop(.impossible(reason))
        case .drain:
            isDraining = true
            if case .waiting = phase { return stop(.drained(leftCount: queue.count)) }
            return goOn()
        }
    }

    /// What one status means for the batch.
    private mutating func take(_ answer: UploadAnswer, for batch: UploadBatch, now: Instant) -> [Action] {
        let reason = answer.detail.isEmpty ? "status \(answer.status)" : "status \(answer.status): \(answer.detail)"
        switch answer.status {
        case 200:
            guard let receipt = answer.receipt else {
                // A captive portal or a stray proxy says 200 to anything: only the receipt counts.
                return retry(
                    batch, reason: "status 200, but not the answer of an ingest route", backoff: backoff,
                    retryAfter: nil, now: now)
            }
            return [.advance(batch, receipt)] + leaveFront()
        case 400, 409, 413, 415, 422:
            return [.quarantine(batch, answer)] + leaveFront()
        case 401, 403:
            return retry(batch, reason: reason, backoff: patientBackoff, retryAfter: answer.retryAfter, now: now)
        case 404, 405, 410, 300..<400:
            if isPersistent {
                return retry(batch, reason: reason, backoff: patientBackoff, retryAfter: answer.retryAfter, now: now)
            }
            return stop(.impossible("there is no ingest route at this address (\(reason))"))
        default:
            return retry(batch, reason: reason, backoff: backoff, retryAfter: answer.retryAfter, now: now)
        }
    }

    private mutating func leaveFront() -> [Action] {
        queue.removeFirst()
        failureCount = 0
        phase = .idle
        return goOn()
    }

    private mutating func retry(
        _ batch: UploadBatch, reason: String, backoff: UploadBackoff, retryAfter: Duration?, now: Instant
    ) -> [Action] {
        if isDraining { return stop(.drained(leftCount: queue.count)) }
        failureCount += 1
        var delay = backoff.delay(failureCount: failureCount, using: &random)
        if let retryAfter { delay = max(delay, min(retryAfter, UploadMachine.retryAfterMax)) }
        phase = .waiting(until: now + delay)
        return [.wait(until: now + delay, Setback(batch: batch, failureCount: failureCount, reason: reason))]
    }

    private mutating func goOn() -> [Action] {
        guard case .idle = phase else { return [] }
        if let batch = queue.first {
            phase = .sending
            return [.send(batch)]
        }
        return isInputEnded ? stop(.finished) : []
    }

    private mutating func stop(_ end: End) -> [Action] {
        phase = .stopped
        return [.stop(end)]
    }
}
