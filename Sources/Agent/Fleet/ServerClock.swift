import LogModel

/// The server's time of day, as far as it is known.
actor ServerClock {
    private var offset = ClockOffset()
    private var waiters: [AsyncStream<Void>.Continuation] = []

    /// The device's clock less the server's, in microseconds; nil before the first answer.
    var offsetMicroseconds: Int64? { offset.microseconds }

    /// In microseconds since the epoch; the device's own time before the first answer.
    var now: Int64 { WallClock.now().microseconds - (offset.microseconds ?? 0) }

    func add(sent: Int64, server: Int64, roundTrip: Int64) {
        offset.add(sent: sent, server: server, roundTrip: roundTrip)
        for waiter in waiters { waiter.finish() }
        waiters = []
    }

    /// Returns once the server was heard from, or the task is cancelled.
    func awaitFirst() async {
        guard offset.microseconds == nil else { return }
        let (heard, waiter) = AsyncStream.makeStream(of: Void.self)
        waiters.append(waiter)
        for await _ in heard {}
    }
}
