import Dispatch
import Glibc
public import LogModel
import Synchronization

/// Takes what modules log through a `RemoteSink`, from the files of a directory.
///
/// The file alone is the way of an entry: it has each entry once, in order, whatever the module, the agent or the socket
/// between them does, so that nothing has to be compared with what came another way. What a sink publishes over ZeroMQ is
/// the sign to look at once. An entry is confirmed to the module when it survives a loss of power here.
public final class SinkInput: Sendable {
    /// Modules at a time. Further ones wait, with all that they log, until others have ended: the positions of all are one
    /// mark, which is bounded.
    static let sinkCountMax = 100
    static let markName = "sinks"
    /// Without a sign the files are looked at so often.
    static let pollMilliseconds = 100
    /// New sinks and ended processes are looked for so often.
    static let scanInterval = Duration.seconds(1)

    private let directory: String
    private let intake: any EntryIntake
    private let refusals: Refusals
    private let defaults: @Sendable () -> EntryDecoder.Defaults
    private let known = Mutex<Set<String>>([])
    private let isSignalled = Atomic(false)
    private let wakeUp = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - directory: Made where it is missing.
    ///   - defaults: Asked for each batch: what entries have that do not say it.
    public init(
        directory: String, intake: any EntryIntake, refusals: Refusals,
        defaults: @escaping @Sendable () -> EntryDecoder.Defaults
    ) {
        self.directory = directory
        self.intake = intake
        self.refusals = refusals
        self.defaults = defaults
    }

    /// Whether a published message is of a sink whose file is read here: then the message is the sign to look into the
    /// file, and must not be taken. From any thread.
    public func takes(_ message: UnsafeRawBufferPointer) -> Bool {
        guard let name = SinkInput.sinkName(message) else { return false }
        let isKnown = known.withLock { $0.contains(name) } || Files.exists("\(directory)/\(name)/\(SinkLayout.lock)")
        if isKnown { signal() }
        return isKnown
    }

    /// The sink of a message that a `RemoteSink` published; nil for other messages.
    static func sinkName(_ message: UnsafeRawBufferPointer) -> String? {
        let prefix = Array(#"{"sink":""#.utf8)
        guard message.starts(with: prefix) else { return nil }
        let name = message.dropFirst(prefix.count).prefix(SinkLayout.nameByteCountMax + 1).prefix { $0 != 0x22 }
        let text = String(decoding: name, as: UTF8.self)
        return SinkLayout.isName(text) ? text : nil
    }

    private func signal() {
        if isSignalled.exchange(true, ordering: .relaxed) { return }
        wakeUp.signal()
    }

    /// Reads until a stop is asked for, and then once more to the end of what is there.
    ///
    /// - Throws: `AgentError` where the directory cannot be read, or what is read finds no taker.
    public func run(stop: StopRequest) async throws(AgentError) {
        try Files.makeDirectory(directory)
        // Modules of other users write here too, where they are of the agent's group.
        chmod(directory, 0o2770)
        let reader = SinkReader(directory: directory, intake: intake, refusals: refusals, defaults: defaults)
        try await reader.begin()
        stop.whenMade { [self] in signal() }
        var nextScan = ContinuousClock.now
        while true {
            let isLast = stop.isMade
            if ContinuousClock.now >= nextScan || isLast {
                let names = try await reader.scan()
                known.withLock { $0 = names }
                nextScan = ContinuousClock.now + SinkInput.scanInterval
            }
            let isAtEnd = try await reader.read()
            if isAtEnd {
                if isLast { return }
                await waitForSign()
            }
        }
    }

    private func waitForSign() async {
        await withCheckedContinuation { done in
            SinkInput.waiting.async { [self] in
                _ = wakeUp.wait(timeout: .now() + .milliseconds(SinkInput.pollMilliseconds))
                isSignalled.store(false, ordering: .relaxed)
                done.resume()
            }
        }
    }

    private static let waiting = DispatchQueue(label: "logdb.sinks.wait")
}
