import Synchronization

/// Segments that nothing reads any more, waiting for their blocks to be removed.
final class SegmentRemover: Sendable {
    private struct State {
        var queue: [SegmentRecord] = []
        /// Segments by day that are being built, are live, or are retired and still read by a scan.
        var aliveByDay: [Int32: Int] = [:]
    }
    private let state = Mutex(State())

    func didCreate(day: Int32) { state.withLock { $0.aliveByDay[day, default: 0] += 1 } }

    /// - Parameter isRetired: The segment's blocks are to go; otherwise the store is closing and they stay.
    func didRelease(_ record: SegmentRecord, isRetired: Bool) {
        state.withLock { state in
            state.aliveByDay[record.day]! -= 1
            if state.aliveByDay[record.day] == 0 { state.aliveByDay[record.day] = nil }
            if isRetired { state.queue.append(record) }
        }
    }

    func enqueue(_ record: SegmentRecord) { state.withLock { $0.queue.append(record) } }

    /// Whether any segment of the day is still referred to.
    func isReading(day: Int32) -> Bool { state.withLock { $0.aliveByDay[day] != nil } }

    func takeAll() -> [SegmentRecord] {
        state.withLock { state in
            defer { state.queue.removeAll() }
            return state.queue
        }
    }
}
