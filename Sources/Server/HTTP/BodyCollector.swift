import NIOCore

/// Gathers a request's body in one piece, within bounds of size, memory and time.
struct BodyCollector {
    var byteCountMax: Int
    private let pace: BodyPace

    /// What is reserved before anything has come. A client that announces much and sends little holds no more.
    private static let firstReservation = 256 << 10

    init(byteCountMax: Int, limits: ServerLimits) {
        self.byteCountMax = byteCountMax
        pace = BodyPace(limits)
    }

    /// - Throws: `Problem` 413 `body_too_large`, 408 `body_too_slow`, 400 `incomplete_body`, 429 `overloaded`.
    func collect(_ body: IncomingBody, _ reservation: inout Reservation) async throws(Problem) -> ByteBuffer {
        if let declared = body.declaredByteCount, declared > byteCountMax { throw tooLarge }
        let expected = body.declaredByteCount ?? byteCountMax
        try await reservation.grow(to: min(expected, BodyCollector.firstReservation))
        let start = ContinuousClock.now
        // One piece is taken as it is; only a second one makes a copy.
        var whole = ByteBuffer()
        while let piece = try await body.next() {
            guard body.receivedByteCount <= byteCountMax else { throw tooLarge }
            if whole.readableBytes == 0 {
                whole = piece
                continue
            }
            if body.receivedByteCount > reservation.byteCount {
                try await reservation.grow(to: min(expected, 2 * body.receivedByteCount))
            }
            if whole.writableBytes < piece.readableBytes {
                whole.reserveCapacity(min(expected, max(reservation.byteCount, body.receivedByteCount)))
            }
            whole.writeImmutableBuffer(piece)
            try pace.check(body.receivedByteCount, since: start)
        }
        return whole
    }

    var tooLarge: Problem { BodyCollector.tooLarge(byteCountMax) }

    static func tooLarge(_ byteCountMax: Int) -> Problem {
        Problem(
            413, "body_too_large",
            "A body may have \(byteCountMax) bytes here, decompressed; send less at a time.")
    }
}

/// How slowly a body may arrive.
struct BodyPace: Sendable {
    /// Slower than this many bytes a second, a body is given up after `slowTime`.
    private let slowByteRate: Int
    private let slowTime: Duration

    init(_ limits: ServerLimits) {
        slowByteRate = limits.slowBodyByteRate
        slowTime = limits.slowBodyTime
    }

    /// - Throws: `Problem` 408 `body_too_slow`.
    func check(_ byteCount: Int, since start: ContinuousClock.Instant) throws(Problem) {
        let elapsed = ContinuousClock.now - start
        guard elapsed > slowTime, Double(byteCount) < (elapsed / .seconds(1)) * Double(slowByteRate) else { return }
        throw Problem(
            408, "body_too_slow", "The body arrives slower than \(slowByteRate) bytes a second.", retryAfterSeconds: 1)
    }
}
