import Synchronization

/// One at a time for each name: whoever comes meanwhile waits, or goes away.
final class ArtifactClaims: Sendable {
    private let waiting = Mutex<[[UInt8]: [CheckedContinuation<Void, Never>]]>([:])

    func isHeld(_ name: [UInt8]) -> Bool { waiting.withLock { $0[name] != nil } }

    /// Runs `body` when nobody else runs one of the same name.
    func with<R>(_ name: [UInt8], _ body: () async throws -> R) async throws -> R {
        await enter(name)
        defer { leave(name) }
        return try await body()
    }

    /// - Returns: Whether it is ours; `leave` follows then.
    func tryEnter(_ name: [UInt8]) -> Bool {
        waiting.withLock { waiting in
            guard waiting[name] == nil else { return false }
            waiting[name] = []
            return true
        }
    }

    private func enter(_ name: [UInt8]) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                guard waiting[name] != nil else {
                    waiting[name] = []
                    return true
                }
                waiting[name]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave(_ name: [UInt8]) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard var queue = waiting[name], !queue.isEmpty else {
                waiting[name] = nil
                return nil
            }
            let next = queue.removeFirst()
            waiting[name] = queue
            return next
        }
        next?.resume()
    }
}
