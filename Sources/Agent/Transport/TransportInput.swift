import Dispatch
import Glibc
public import LogModel
import Synchronization

/// Takes what modules publish and hands it to the agent's intake, on a thread of its own.
public final class TransportInput: AgentInput {
    /// Messages that are decoded before they are handed over together: more would only keep them longer from the disk.
    static let groupCountMax = 1_024
    /// After messages came, others are given so long to gather: a wake-up for each would cost more than the message.
    static let gatherMicroseconds: UInt32 = 10_000
    /// How long the thread sleeps without messages until it looks whether it should stop.
    static let waitMilliseconds = 100
    /// Messages that may wait in memory for each publisher.
    static let waitingCountMax = 20_000
    /// A stop goes on receiving until nothing came for so many waits in a row: what publishers had sent is in flight.
    static let quietWaitCount = 2
    /// A stop takes no longer, however much publishers go on to say.
    static let drainTimeout = Duration.seconds(2)

    private let settings: AgentConfiguration.Transport
    private let intake: any EntryIntake
    private let refusals: Refusals
    private let defaults: @Sendable () -> EntryDecoder.Defaults
    private let isTaken: @Sendable (UnsafeRawBufferPointer) -> Bool
    private let isStopping = Atomic(false)
    private let received = Atomic(0)
    private let queue = DispatchQueue(label: "logdb.transport")

    /// - Parameters:
    ///   - defaults: What entries have where they do not say it: the device, and the session of now.
    ///   - isTaken: Whether the entry of a message's body comes another way, and is not to be taken here.
    public init(
        _ settings: AgentConfiguration.Transport, defaults: @escaping @Sendable () -> EntryDecoder.Defaults,
        intake: any EntryIntake, refusals: Refusals,
        isTaken: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool = { _ in false }
    ) {
        self.isTaken = isTaken
        self.settings = settings
        self.defaults = defaults
        self.intake = intake
        self.refusals = refusals
    }

    public var name: String { "transport" }

    /// Messages that came, good or bad.
    public var receivedCount: Int { received.load(ordering: .relaxed) }

    /// Binds the endpoints and begins. On return publishers can connect.
    ///
    /// - Throws: `.unusableEndpoint` or `.io`.
    public func start() async throws(AgentError) {
        let bound: Result<Void, AgentError> = await withCheckedContinuation { bound in
            queue.async { [self] in run(bound) }
        }
        try bound.get()
    }

    /// Takes what is in flight and ends. Returns when all of it is handed over and the endpoints are free.
    public func stop() async {
        isStopping.store(true, ordering: .relaxed)
        await withCheckedContinuation { done in queue.async { done.resume() } }
    }

    private func run(_ bound: CheckedContinuation<Result<Void, AgentError>, Never>) {
        let subscriber: ZeroMQSubscriber
        do throws(AgentError) {
            for endpoint in settings.endpoints {
                guard endpoint.hasPrefix("ipc://") else { continue }
                try Files.makeDirectory(Files.directory(of: String(endpoint.dropFirst("ipc://".count))))
            }
            subscriber = try ZeroMQSubscriber(
                topic: settings.topic, endpoints: settings.endpoints, waitingCountMax: TransportInput.waitingCountMax)
        } catch {
            bound.resume(returning: .failure(error))
            return
        }
        bound.resume(returning: .success(()))
        var decoder = MessageDecoder(topic: settings.topic, defaults: defaults())
        while !isStopping.load(ordering: .relaxed) {
            subscriber.wait(milliseconds: TransportInput.waitMilliseconds)
            if receiveGroup(subscriber, &decoder) < TransportInput.groupCountMax {
                usleep(TransportInput.gatherMicroseconds)
            }
        }
        drain(subscriber, &decoder)
    }

    private func drain(_ subscriber: borrowing ZeroMQSubscriber, _ decoder: inout MessageDecoder) {
        let deadline = ContinuousClock.now + TransportInput.drainTimeout
        var quietCount = 0
        while quietCount < TransportInput.quietWaitCount, ContinuousClock.now < deadline {
            subscriber.wait(milliseconds: TransportInput.waitMilliseconds)
            quietCount = receiveGroup(subscriber, &decoder) == 0 ? quietCount + 1 : 0
        }
    }

    /// Takes what is there, up to the bound, and hands it over.
    ///
    /// - Returns: How many messages that were.
    private func receiveGroup(_ subscriber: borrowing ZeroMQSubscriber, _ decoder: inout MessageDecoder) -> Int {
        decoder.use(defaults())
        let now = WallClock.now()
        var count = 0
        receiving: while count < TransportInput.groupCountMax {
            let received = subscriber.receive { topic, body in
                if isTaken(body) { return }
                if let refusal = decoder.take(topic: topic, body: body, receivedAt: now) { refuse(refusal, body, now) }
            }
            switch received {
            case .nothing: break receiving
            case .message: break
            case .malformed(let frameCount):
                let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
                refuse(MessageDecoder.refusal(frameCount: frameCount), nothing, now)
            }
            count += 1
        }
        self.received.add(count, ordering: .relaxed)
        if decoder.entryCount > 0 { intake.take(decoder.takeBatch()) }
        return count
    }

    private func refuse(_ refusal: MessageDecoder.Refusal, _ body: UnsafeRawBufferPointer, _ now: Timestamp) {
        refusals.add(input: name, reason: refusal.reason, detail: refusal.detail, beginning: body, at: now)
    }
}
