import Synchronization

/// Modules that are to be started again, between who asks for it and who does it.
final class ModuleRestarts: Sendable {
    private let known: Set<String>
    private let wanted = Mutex<Set<String>>([])

    /// - Parameter known: The names of the modules that the agent starts.
    init(_ known: Set<String>) { self.known = known }

    /// - Returns: False where the agent starts no module of that name.
    func request(_ name: String) -> Bool {
        guard known.contains(name) else { return false }
        _ = wanted.withLock { $0.insert(name) }
        return true
    }

    func take(_ name: String) -> Bool { wanted.withLock { $0.remove(name) != nil } }
}
