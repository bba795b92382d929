/// The rules by which a file is uploaded in parts, without any input or output: it takes events and says what to do next.
///
/// After each failure the server is asked how much it has, so that nothing is sent twice and nothing is left out whatever
/// answer was lost. What the server already has under the name, with the same content, is done.
struct ArtifactMachine: Sendable {
    enum Event: Sendable, Hashable {
        case begin
        /// The server has the file's first bytes, or all of it with this SHA-256 in hexadecimal.
        case progress(offset: UInt64, completeHash: String?)
        /// The server has nothing under the name.
        case nothing
        case later(reason: String, after: Duration?)
        case refused(status: Int, code: String, detail: String)
        /// The time to wait is over.
        case tick
    }

    enum Action: Sendable, Hashable {
        /// Ask how much the server has.
        case look
        /// Send this part; an empty one is all of an empty file.
        case send(Range<UInt64>)
        case wait(Duration)
        case finish
        case fail(String)
    }

    /// A part: what a lost connection costs at most.
    static let partByteCount: UInt64 = 4 << 20
    /// Failures in a row, before whoever wants the file hears that it is not there. With the waits in between, minutes.
    static let failureCountMax = 12

    private let byteCount: UInt64
    private let hash: String
    private let backoff: UploadBackoff
    private var random: SeededRandom
    private var failureCount = 0
    private var lastOffset: UInt64 = 0

    /// - Parameter hash: SHA-256 of the content, in hexadecimal.
    init(byteCount: UInt64, hash: String, backoff: UploadBackoff = .standard, seed: UInt64) {
        self.byteCount = byteCount
        self.hash = hash
        self.backoff = backoff
        random = SeededRandom(seed: seed)
    }

    mutating func handle(_ event: Event) -> Action {
        switch event {
        case .begin, .tick: return .look
        case .nothing: return send(from: 0)
        case .progress(_, let completeHash?):
            // Another content is there: the server is asked to take this one's place.
            return completeHash == hash ? .finish : send(from: 0)
        case .progress(let offset, nil):
            guard offset <= byteCount else { return .fail("the server has \(offset) bytes of a file of \(byteCount)") }
            if offset > lastOffset { failureCount = 0 }
            lastOffset = offset
            return send(from: offset)
        case .later(let reason, let after): return retry(reason, after)
        case .refused(let status, let code, let detail):
            // The parts of an earlier attempt, or of one that is still under way at the server.
            if ["wrong_offset", "upload_under_way"].contains(code) { return retry(detail, nil) }
            return .fail("the server does not take it (status \(status), \(code)): \(detail)")
        }
    }

    private func send(from offset: UInt64) -> Action {
        .send(offset..<min(byteCount, offset + ArtifactMachine.partByteCount))
    }

    private mutating func retry(_ reason: String, _ after: Duration?) -> Action {
        failureCount += 1
        guard failureCount < ArtifactMachine.failureCountMax else {
            return .fail("it is not uploaded after \(failureCount) attempts: \(reason)")
        }
        var delay = backoff.delay(failureCount: failureCount, using: &random)
        if let after { delay = max(delay, min(after, UploadMachine.retryAfterMax)) }
        return .wait(delay)
    }
}
