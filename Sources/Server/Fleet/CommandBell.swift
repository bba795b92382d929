import Synchronization

/// Wakes who waits for a device's commands.
final class CommandBell: Sendable {
    private struct Waiter {
        var device: UInt64
        var isRung = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    private struct State {
        var nextID: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        var idsOfDevice: [UInt64: Set<UInt64>] = [:]
        var isStopped = false
    }

    private let state = Mutex(State())

    /// Who waits now.
    var waitingCount: Int { state.withLock { $0.waiters.count } }

    /// From now on nothing that rings is missed; `leave` follows.
    func enter(_ device: UInt64) -> UInt64 {
        state.withLock { state in
            state.nextID += 1
            state.waiters[state.nextID] = Waiter(device: device, isRung: state.isStopped)
            state.idsOfDevice[device, default: []].insert(state.nextID)
            return state.nextID
        }
    }

    func leave(_ id: UInt64) {
        state.withLock { state in
            guard let waiter = state.waiters.removeValue(forKey: id) else { return }
            state.idsOfDevice[waiter.device]?.remove(id)
            if state.idsOfDevice[waiter.device]?.isEmpty == true { state.idsOfDevice[waiter.device] = nil }
        }
    }

    /// Waits until it rings, which may have been since `enter`, the time is up, or the task is cancelled.
    func wait(_ id: UInt64, for time: Duration) async {
        let timer = Task {
            if (try? await Task.sleep(for: time)) != nil { wake([id]) }
        }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRung = state.withLock { state in
                    guard let waiter = state.waiters[id], !waiter.isRung, !Task.isCancelled else { return true }
                    state.waiters[id]?.continuation = continuation
                    return false
                }
                if isRung { continuation.resume() }
            }
        } onCancel: {
            wake([id])
        }
    }

    /// There is something for the device.
    func ring(_ device: UInt64) { wake(state.withLock { $0.idsOfDevice[device] ?? [] }) }

    /// Nobody waits any more.
    func stop() {
        wake(
            state.withLock { state in
                state.isStopped = true
                return Set(state.waiters.keys)
            })
    }

    private func wake(_ ids: Set<UInt64>) {
        let continuations = state.withLock { state in
            ids.compactMap { id in
                let continuation = state.waiters[id]?.continuation
                state.waiters[id]?.continuation = nil
                state.waiters[id]?.isRung = true
                return continuation
            }
        }
        for continuation in continuations { continuation.resume() }
    }
}
