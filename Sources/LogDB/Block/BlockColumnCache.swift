import Synchronization

/// Decoded columns of blocks that scans are done with, for the next scan that reads those blocks, up to a bound.
///
/// Who takes a block's columns has them alone until they are given back: whoever asks meanwhile decodes its own.
final class BlockColumnCache: Sendable {
    /// Two generations stand for the order of use: what is asked for moves to the young one, and when that has half of the
    /// bytes, the old one goes.
    private struct State {
        var young: [UInt64: BlockColumns] = [:]
        var old: [UInt64: BlockColumns] = [:]
        var youngByteCount = 0
    }

    private let byteCountMax: Int
    private let state = Mutex(State())

    /// What one scan should leave here at most, so that a long one does not push out everything else.
    var scanByteCountMax: Int { byteCountMax / 2 }

    /// What a block takes beside its columns' bytes.
    private static let blockByteCount = 1_024

    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    /// - Parameter block: Its number, which is unique in the store.
    func take(_ block: UInt64) -> BlockColumns? {
        state.withLock { state in
            if let columns = state.young.removeValue(forKey: block) {
                state.youngByteCount -= BlockColumnCache.byteCount(columns)
                return columns
            }
            return state.old.removeValue(forKey: block)
        }
    }

    func give(_ columns: BlockColumns, of block: UInt64) {
        let byteCount = BlockColumnCache.byteCount(columns)
        // One that would push out most of the others is not worth them.
        guard byteCount <= byteCountMax / 8 else { return }
        state.withLock { state in
            if let other = state.young.updateValue(columns, forKey: block) {
                state.youngByteCount -= BlockColumnCache.byteCount(other)
            }
            state.youngByteCount += byteCount
            if state.youngByteCount > byteCountMax / 2 {
                state.old = state.young
                state.young = [:]
                state.youngByteCount = 0
            }
        }
    }

    /// Forgets the blocks, which are no more. Nobody has columns of theirs taken, so that none come back.
    func remove(_ blocks: Range<UInt64>) {
        state.withLock { state in
            for (block, columns) in state.young where blocks.contains(block) {
                state.young[block] = nil
                state.youngByteCount -= BlockColumnCache.byteCount(columns)
            }
            state.old = state.old.filter { !blocks.contains($0.key) }
        }
    }

    /// Bytes held, at most `byteCountMax`.
    var byteCount: Int {
        state.withLock { state in
            state.young.values.reduce(0) { $0 + BlockColumnCache.byteCount($1) }
                + state.old.values.reduce(0) { $0 + BlockColumnCache.byteCount($1) }
        }
    }

    private static func byteCount(_ columns: BlockColumns) -> Int { columns.byteCount + blockByteCount }
}
