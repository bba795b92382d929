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

    /// Runs `body` unless a segment of the day is being built, is live or is read; until it ends, none is begun.
    ///
    /// - Returns: Whether it ran.
    func ifUnused(day: Int32, _ body: () throws(LogError) -> Void) throws(LogError) -> Bool {
        try state.withLock { (state) throws(LogError) in
            guard state.aliveByDay[day] == nil else { return false }
            try body()
            return true
        }
    }

    func enqueue(_ record: SegmentRecord) { state.withLock { $0.queue.append(record) } }

    func takeAll() -> [SegmentRecord] {
        state.withLock { state in
            defer { state.queue.removeAll() }
            return state.queue
        }
    }
}
