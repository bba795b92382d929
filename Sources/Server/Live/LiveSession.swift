import LogDB
import LogModel

/// One stream from its first frame to its last, whatever carries the frames.
struct LiveSession {
    /// How the frames get to the reader. Each call waits until the reader's side has taken them.
    protocol Carrier {
        /// - Parameter cursor: Where a reader that saw this frame may go on; nil: where it could before.
        mutating func send(_ frame: [UInt8], cursor: LivePosition?) async throws
        mutating func ping() async throws
    }

    enum Start: Sendable {
        case now
        /// Everything in the query's range first.
        case range
        case cursor(LivePosition)
    }

    let exchange: Exchange
    let question: LiveHub.Question
    let start: Start
    /// Of the devices that the reader sees, when the question was made.
    let scopeVersion: UInt64

    /// How long a stream says nothing before it pings.
    private static let pingTime: Duration = .seconds(15)

    /// Streams until the reader leaves, may no longer read, or the server stops.
    func run(_ carrier: inout some Carrier) async throws {
        let hub = exchange.services.live
        var position: LivePosition?
        if case .cursor(let given) = start { position = given }
        // What is old is handed out before anything has to wait for it in memory.
        if case .now = start {} else { position = try await replay(from: position, &carrier) }
        let (id, subscriber) = try hub.subscribe(question)
        defer { hub.unsubscribe(id, question) }
        if case .now = start {
        } else {
            try await LiveReplay(services: exchange.services, question: question).run(
                from: position, to: subscriber.start
            ) { rows, _ in try await carrier.send(LiveFrame.rows(rows, cursor: position), cursor: position) }
        }
        try await carrier.send(LiveFrame.rows([], cursor: subscriber.start), cursor: subscriber.start)
        var lastSent = ContinuousClock.now
        while true {
            let event = await subscriber.next()
            if try await endIfNotAllowed(&carrier) { return }
            switch event {
            case .rows(let piece):
                try await carrier.send(LiveFrame.rows(piece.rows, cursor: piece.end), cursor: piece.end)
            case .dropped(let count): try await carrier.send(LiveFrame.dropped(count), cursor: nil)
            case .tick:
                guard ContinuousClock.now - lastSent >= LiveSession.pingTime else { continue }
                try await carrier.ping()
            case .end: return
            }
            lastSent = .now
        }
    }

    /// Hands out what is stored up to now, before the stream is subscribed.
    ///
    /// - Returns: Where to go on.
    private func replay(from position: LivePosition?, _ carrier: inout some Carrier) async throws -> LivePosition {
        let end = exchange.services.live.position
        try await LiveReplay(services: exchange.services, question: question).run(from: position, to: end) {
            rows, _ in
            try await carrier.send(LiveFrame.rows(rows, cursor: position), cursor: position)
        }
        return end
    }

    private func endIfNotAllowed(_ carrier: inout some Carrier) async throws -> Bool {
        guard let principal = exchange.principal else { return false }
        if exchange.scopeVersion != scopeVersion {
            try await carrier.send(
                LiveFrame.error(
                    "scope_changed", "The devices of the account are others now; come back to go on with those."),
                cursor: nil)
            return true
        }
        if exchange.services.authenticator.isStillGood(principal) { return false }
        try await carrier.send(
            LiveFrame.error("unauthorized", "The credential is no longer good; come back with another."), cursor: nil)
        return true
    }
}
