import LogModel
import Synchronization

/// The entries that are committed and not yet sealed, as columns in memory, queryable at once.
///
/// The commit thread appends and publishes; scans take snapshots; the sealer reads a head that is frozen, which nothing
/// appends to any more.
final class Head: Sendable {
    /// The commit sequence of the first entry the head may hold.
    let firstSequence: UInt64
    let createdAt: ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var chunks: [Part] = []
        var rowCount = 0
        var byteCount = 0
        /// Past the last entry's commit sequence.
        var endSequence: UInt64
    }

    /// A chunk and how much of it is published.
    struct Part: Sendable {
        let chunk: HeadChunk
        var counts: HeadChunk.Counts
        var timeMin: Int64
        var timeMax: Int64

        func makeRowGroup() -> HeadRowGroup { HeadRowGroup(chunk, counts, timeMin: timeMin, timeMax: timeMax) }
    }

    init(firstSequence: UInt64) {
        self.firstSequence = firstSequence
        createdAt = .now
        state = Mutex(State(endSequence: firstSequence))
    }

    var parts: [Part] { state.withLock { $0.chunks } }
    var rowCount: Int { state.withLock { $0.rowCount } }
    var byteCount: Int { state.withLock { $0.byteCount } }
    var endSequence: UInt64 { state.withLock { $0.endSequence } }

    /// A batch that is committed and about to be seen.
    struct Addition {
        var batch: Batch
        var streams: [ResolvedStream]
        var streamOfRow: [UInt32]
        var received: Int64
        var sequence: UInt64
    }

    /// Appends what one commit wrote and publishes it at once. On the commit thread only.
    func append(_ additions: [Addition]) {
        var chunks = state.withLock { $0.chunks }
        var rowCount = 0
        var byteCount = 0
        for addition in additions {
            if chunks.last?.chunk.hasRoom(for: addition.batch) != true {
                chunks.append(
                    Part(chunk: HeadChunk(toHold: addition.batch), counts: .init(), timeMin: .max, timeMax: .min))
            }
            let chunk = chunks[chunks.count - 1].chunk
            chunk.append(
                addition.batch, streams: addition.streams, streamOfRow: addition.streamOfRow,
                received: addition.received, sequence: addition.sequence)
            chunks[chunks.count - 1] = Part(
                chunk: chunk, counts: chunk.written, timeMin: chunk.timeMin, timeMax: chunk.timeMax)
            rowCount += addition.batch.count
            byteCount += addition.batch.byteCount
        }
        guard let last = additions.last else { return }
        state.withLock { state in
            state.chunks = chunks
            state.rowCount += rowCount
            state.byteCount += byteCount
            state.endSequence = last.sequence &+ UInt64(last.batch.count)
        }
    }
}
