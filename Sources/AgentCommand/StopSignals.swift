import Agent
import Dispatch
import Glibc
import Synchronization

/// Turns the first SIGINT or SIGTERM into a request to stop; a second one ends the process at once, which is safe too.
final class StopSignals: Sendable {
    private let received = Mutex<Int32?>(nil)

    /// The signal that came, if any.
    var signal: Int32? { received.withLock { $0 } }

    /// Watches until the process ends.
    ///
    /// - Parameter notice: What a person is told when the first signal comes.
    init(stop: StopRequest, notice: String = "stopping; what is on the wire may take up to 5 s\n") {
        // A reader of our output that went away shows as a failed write, not as a signal.
        Glibc.signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM] {
            Glibc.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // The handler keeps the source alive.
            source.setEventHandler { [self] in
                withExtendedLifetime(source) {}
                let isSecond = received.withLock { received in
                    defer { received = received ?? number }
                    return received != nil
                }
                if isSecond { _exit(ExitStatus.interrupted(by: number)) }
                Terminal.standardError(notice)
                stop.make()
            }
            source.activate()
        }
    }
}
