public import HTTPTransport

/// Drives an `UploadMachine` over libcurl: carries out its actions and tells it what came of them.
public struct CurlUploader: Sendable {
    /// What a run has to tell while it goes on.
    public enum Notice: Sendable {
        case advanced(UploadBatch, UploadReceipt)
        case quarantined(UploadBatch, UploadAnswer)
        case setback(UploadMachine.Setback, delay: Duration)
    }

    private let transport: HTTPTransport
    private let target: UploadTarget
    private let machine: UploadMachine
    private let budget: LinkBudget?
    private let drainTimeout: Duration
    /// Tells with each batch how wrong its times are; nil: the times are sent as they are.
    var clock: ServerClock?

    /// So long the server's time is believed without being asked for again.
    private static let clockAgeMax = Duration.seconds(600)

    /// - Parameters:
    ///   - budget: Of the link to the server; nil: as fast as it goes.
    ///   - drainTimeout: How long what is on the wire may still take once a stop was asked for.
    public init(
        transport: HTTPTransport, target: UploadTarget, machine: UploadMachine, budget: LinkBudget? = nil,
        drainTimeout: Duration = .seconds(5)
    ) {
        self.transport = transport
        self.target = target
        self.machine = machine
        self.budget = budget
        self.drainTimeout = drainTimeout
    }

    /// What arrives while the driver waits.
    private enum Message: Sendable {
        case event(UploadMachine.Event)
        case sourceFailed(AgentError)
        case drainTimedOut
    }

    /// Uploads what `source` has until it ends, a stop is asked for, or the server turns out to be unusable.
    ///
    /// - Throws: What `source` threw. Nothing that was not acknowledged has been lost then.
    public func run(
        _ source: some UploadSource, stop: StopRequest, notify: @Sendable (Notice) -> Void
    ) async throws(AgentError) -> UploadMachine.End {
        let outcome = await withTaskGroup(of: Void.self) { group in
            let (messages, mailbox) = AsyncStream.makeStream(of: Message.self)
            group.addTask {
                for await batch in source.batches { mailbox.yield(.event(.batchAvailable(batch))) }
                mailbox.yield(.event(.inputEnded))
            }
            stop.whenMade { mailbox.yield(.event(.drain)) }
            let outcome = await attend(messages, mailbox, &group, source, notify)
            group.cancelAll()
            return outcome
        }
        return try outcome.get()
    }

    private func attend(
        _ messages: AsyncStream<Message>, _ mailbox: AsyncStream<Message>.Continuation, _ group: inout TaskGroup<Void>,
        _ source: some UploadSource, _ notify: @Sendable (Notice) -> Void
    ) async -> Result<UploadMachine.End, AgentError> {
        var machine = machine
        var unsettledCount = 0
        for await message in messages {
            let event: UploadMachine.Event
            switch message {
            case .sourceFailed(let error): return .failure(error)
            case .drainTimedOut: return .success(.drained(leftCount: unsettledCount))
            case .event(let some): event = some
            }
            switch event {
            case .batchAvailable: unsettledCount += 1
            case .drain:
                group.addTask {
                    try? await Task.sleep(for: drainTimeout)
                    mailbox.yield(.drainTimedOut)
                }
            default: break
            }
            let now = ContinuousClock.now
            for action in machine.handle(event, now: now) {
                do throws(AgentError) {
                    switch action {
                    case .send(let batch):
                        group.addTask { await send(batch, of: source, mailbox) }
                    case .wait(let until, let setback):
                        notify(.setback(setback, delay: until - now))
                        group.addTask {
                            // The machine takes no early tick, and asks for none again.
                            while ContinuousClock.now < until, !Task.isCancelled {
                                try? await Task.sleep(until: until, clock: .continuous)
                            }
                            mailbox.yield(.event(.tick))
                        }
                    case .advance(let batch, let receipt):
                        try await source.advance(past: batch, receipt: receipt)
                        unsettledCount -= 1
                        notify(.advanced(batch, receipt))
                    case .quarantine(let batch, let answer):
                        try await source.quarantine(batch, answer: answer)
                        unsettledCount -= 1
                        notify(.quarantined(batch, answer))
                    case .stop(let end):
                        return .success(end)
                    }
                } catch {
                    return .failure(error)
                }
            }
        }
        return .success(.drained(leftCount: unsettledCount))
    }

    private func send(
        _ batch: UploadBatch, of source: some UploadSource, _ mailbox: AsyncStream<Message>.Continuation
    ) async {
        let frame: [UInt8]
        do throws(AgentError) {
            frame = try await source.frame(of: batch)
        } catch {
            mailbox.yield(.sourceFailed(error))
            return
        }
        if let budget {
            try? await Task.sleep(until: budget.take(frame.count, now: .now), clock: .continuous)
            if Task.isCancelled { return }
        }
        do throws(HTTPTransportError) {
            let offset = try await clockOffset(of: batch, of: source)
            let reply = try await transport.send(target.call(batch, frame: frame, clockOffset: offset))
            mailbox.yield(.event(.answered(UploadAnswer(reply))))
        } catch {
            let reason = "\(error)"
            mailbox.yield(.event(error.code == .invalidCall ? .impossible(reason) : .failed(reason)))
        }
    }

    private func clockOffset(
        of batch: UploadBatch, of source: some UploadSource
    ) async throws(HTTPTransportError) -> Int64? {
        guard let clock else { return nil }
        if await !clock.isKnown(within: CurlUploader.clockAgeMax) {
            try await ClockProbe(transport, server: target.server).ask(for: clock)
        }
        guard let start = await clock.start else { return nil }
        return await source.clockOffset(of: batch, serverStart: start)
    }
}
