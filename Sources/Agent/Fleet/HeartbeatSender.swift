import HTTPTransport
import LogModel

/// Tells the server every interval how the device is.
struct HeartbeatSender: Sendable {
    private let options: FleetOptions
    private let clock: ServerClock
    private let status: @Sendable () async -> HeartbeatStatus
    private let notify: @Sendable (FleetNotice) -> Void
    private let transport: HTTPTransport

    init(
        _ options: FleetOptions, clock: ServerClock, status: @escaping @Sendable () async -> HeartbeatStatus,
        notify: @escaping @Sendable (FleetNotice) -> Void
    ) {
        self.options = options
        self.clock = clock
        self.status = status
        self.notify = notify
        transport = HTTPTransport(settings: FleetClient.settings(options.files))
    }

    func run() async {
        var vitals = VitalsReader(diskPath: options.stateDirectory)
        var next = ContinuousClock.now
        while !Task.isCancelled {
            await send(vitals.read())
            // A beat that took long is not made up for.
            next = max(next + options.heartbeatInterval, ContinuousClock.now)
            try? await Task.sleep(until: next, clock: .continuous)
        }
        // A device that was stopped is offline when the server has missed three beats; there is no last one to say so.
    }

    private func send(_ vitals: DeviceVitals) async {
        let heartbeat = Heartbeat(
            await status(), vitals, clockOffset: await clock.offsetMicroseconds, interval: options.heartbeatInterval)
        let sent = Uptime.now()
        // A later one says more: none is sent again.
        let answer: FleetAnswer<Heartbeat.Answer> = await transport.fleet(
            "POST", options.server + "/api/v1/fleet/heartbeat", JSONText.encode(heartbeat),
            timeout: min(options.heartbeatInterval, .seconds(30)))
        let roundTrip = Uptime.now() - sent
        guard !Task.isCancelled else { return }
        switch answer {
        case .done(let body):
            guard let server = Timestamp(rfc3339: body.server_time) else {
                notify(.heartbeatFailed("the server's answer has no time"))
                return
            }
            await clock.add(sent: sent, server: server.microseconds, roundTrip: roundTrip)
            if let offset = await clock.offsetMicroseconds { notify(.clockOffset(offset)) }
        case .later(let reason, _): notify(.heartbeatFailed(reason))
        case .refused(let status, let code, let detail):
            notify(.heartbeatFailed("status \(status), \(code): \(detail)"))
        }
    }
}
