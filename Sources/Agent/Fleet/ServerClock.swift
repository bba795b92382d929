import LogModel

/// The server's time of day, as far as it is known. That the device's own clock is set changes nothing of it.
actor ServerClock {
    /// Of the time since the system was started to the server's time.
    private var offset = ClockOffset()
    private var heard: ContinuousClock.Instant?
    private var waiters: [AsyncStream<Void>.Continuation] = []

    /// When the device was started, by the server's clock, in microseconds since the epoch; nil before the first answer.
    var start: Int64? { offset.microseconds.map { -$0 } }

    /// The device's clock less the server's, in microseconds; nil before the first answer.
    var offsetMicroseconds: Int64? { start.map { DeviceClocks.now().start - $0 } }

    /// In microseconds since the epoch; the device's own time before the first answer.
    var now: Int64 { start.map { $0 + Uptime.now() } ?? WallClock.now().microseconds }

    /// - Parameters:
    ///   - sent: `Uptime` when the request left.
    ///   - server: The server's time in its answer.
    ///   - roundTrip: Between the two, in microseconds.
    func add(sent: Int64, server: Int64, roundTrip: Int64) {
        offset.add(sent: sent, server: server, roundTrip: roundTrip)
        heard = .now
        for waiter in waiters { waiter.finish() }
        waiters = []
    }

    /// The server has answered and says no time, as an older one does: it is not asked again at once.
    func hasNoTime() { heard = .now }

    /// Whether the server was heard from within `age`.
    func isKnown(within age: Duration) -> Bool { heard.map { .now - $0 <= age } ?? false }

    /// Returns once the server was heard from, or the task is cancelled.
    func awaitFirst() async {
        guard offset.microseconds == nil else { return }
        let (heard, waiter) = AsyncStream.makeStream(of: Void.self)
        waiters.append(waiter)
        for await _ in heard {}
    }
}
