import LogModel
import Synchronization

/// Counts what each key has used of its day, which begins at midnight UTC. Counted in memory: a restart begins anew.
final class DayQuota: Sendable {
    private struct State {
        var day: Int64 = 0
        var counts: [UInt64: UInt64] = [:]
    }

    private let state = Mutex(State())
    private static let dayMicroseconds: Int64 = 86_400_000_000

    /// - Returns: Nil, or how many seconds are left of the day on which `most` is used up.
    func take(_ id: UInt64, most: UInt64, at now: Timestamp) -> Int? {
        state.withLock { state in
            let day = now.microseconds / DayQuota.dayMicroseconds
            if state.day != day { state = State(day: day) }
            let used = state.counts[id, default: 0]
            guard used < most else {
                return Int((DayQuota.dayMicroseconds - now.microseconds % DayQuota.dayMicroseconds) / 1_000_000) + 1
            }
            state.counts[id] = used + 1
            return nil
        }
    }
}
