import Synchronization

/// How a module stands that the agent starts.
public struct ModuleStatus: Sendable, Hashable, Codable {
    /// While it runs.
    public var processID: Int32?
    /// How often it was started since the agent was.
    public var startCount = 0
    /// How it ended the last time, such as “ended with status 3”; nil where it did not end by itself.
    public var lastEnd: String?
    /// Whether it has ended and is not started again.
    public var isEnded = false
}

/// How the modules stand, between those who run them and who shows it.
final class ModuleStates: Sendable {
    private let states = Mutex<[String: ModuleStatus]>([:])

    var all: [String: ModuleStatus] { states.withLock { $0 } }

    func didStart(_ name: String, process: Int32) {
        states.withLock { states in
            states[name, default: ModuleStatus()].processID = process
            states[name, default: ModuleStatus()].startCount += 1
        }
    }

    func didStop(_ name: String) { states.withLock { $0[name, default: ModuleStatus()].processID = nil } }

    /// - Parameter isAgain: Whether it is going to be started again.
    func didEnd(_ name: String, _ what: String, isAgain: Bool) {
        states.withLock { states in
            states[name, default: ModuleStatus()].lastEnd = what
            states[name, default: ModuleStatus()].isEnded = !isAgain
        }
    }
}
