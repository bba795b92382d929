import LogDB
import Synchronization

/// One reader of live entries, and what waits for it.
final class LiveSubscriber: Sendable {
    /// Rows that were found together, written once for all readers of the same query.
    struct Piece: Sendable {
        /// The rows as JSON objects, with commas between them.
        var rows: [UInt8]
        var count: Int
        /// Where the stream goes on after them; nil where more rows belong before that.
        var end: LivePosition?
    }

    enum Event: Sendable {
        case rows(Piece)
        /// Rows that are missing here, since the reader or the server did not keep up.
        case dropped(Int)
        /// Nothing for a while: a moment to see whether the reader is there and may be.
        case tick
        /// The server ends the stream.
        case end
    }

    private struct State {
        var pieces: [Piece] = []
        var byteCount = 0
        var droppedCount = 0
        var hasTick = false
        var isEnded = false
        var waiter: CheckedContinuation<Void, Never>?

        var hasEvent: Bool { !pieces.isEmpty || droppedCount > 0 || hasTick || isEnded }
    }

    private let state = Mutex(State())
    /// Entries from here on come.
    let start: LivePosition

    /// Bytes of rows that wait for the reader; past it, new ones are dropped.
    static let waitingByteCountMax = 1 << 20

    init(start: LivePosition) { self.start = start }

    /// - Returns: Whether it was taken.
    @discardableResult
    func give(_ piece: Piece) -> Bool {
        change { state in
            // Once something is missing, the reader hears of that before it gets more.
            guard state.droppedCount == 0,
                state.byteCount + piece.rows.count <= LiveSubscriber.waitingByteCountMax || state.pieces.isEmpty
            else {
                state.droppedCount += piece.count
                return false
            }
            state.pieces.append(piece)
            state.byteCount += piece.rows.count
            return true
        }
    }

    func drop(_ count: Int) { change { $0.droppedCount += count } }
    func tick() { change { $0.hasTick = true } }
    func end() { change { $0.isEnded = true } }

    private func change<R: Sendable>(_ body: (inout State) -> R) -> R {
        let (result, waiter) = state.withLock { state in
            let result = body(&state)
            let waiter = state.waiter
            state.waiter = nil
            return (result, waiter)
        }
        waiter?.resume()
        return result
    }

    /// Waits for the next event; `end` when the task is cancelled. One caller at a time.
    func next() async -> Event {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.hasEvent { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            end()
        }
        return state.withLock { state in
            if !state.pieces.isEmpty {
                let piece = state.pieces.removeFirst()
                state.byteCount -= piece.rows.count
                return .rows(piece)
            }
            if state.droppedCount > 0 {
                defer { state.droppedCount = 0 }
                return .dropped(state.droppedCount)
            }
            if state.isEnded { return .end }
            state.hasTick = false
            return .tick
        }
    }
}
