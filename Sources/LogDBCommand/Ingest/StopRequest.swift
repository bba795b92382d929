import Dispatch
import Glibc
import Synchronization

/// A wish to stop after the batch under way. The first SIGINT or SIGTERM makes it; the second ends the process at once,
/// which is safe too.
final class StopRequest: Sendable {
    private let received = Mutex<Int32?>(nil)

    var isMade: Bool { received.withLock { $0 != nil } }

    /// The signal that made it.
    var signal: Int32? { received.withLock { $0 } }

    /// Watches for signals until the process ends.
    func watchSignals() {
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
            }
            source.activate()
        }
    }
}
