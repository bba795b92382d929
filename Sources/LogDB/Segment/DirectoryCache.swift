import Synchronization

/// Decoded directories of segments, the most recently used ones up to a bound.
final class DirectoryCache: Sendable {
    private struct State {
        var directories: [UInt64: (directory: SegmentDirectory, byteCount: Int, lastUse: UInt64)] = [:]
        var byteCount = 0
        var clock: UInt64 = 0
    }

    private let store: RocksStore
    private let byteCountMax: Int
    private let state = Mutex(State())

    init(_ store: RocksStore, byteCountMax: Int) {
        self.store = store
        self.byteCountMax = byteCountMax
    }

    func directory(of segment: Segment) throws(LogError) -> SegmentDirectory {
        let id = segment.record.id
        let known = state.withLock { state -> SegmentDirectory? in
            guard let found = state.directories[id] else { return nil }
            state.clock += 1
            state.directories[id] = (found.directory, found.byteCount, state.clock)
            return found.directory
        }
        if let known { return known }
        var byteCount = 0
        let directory = try store.withValue(.segments, KeyLayout.segmentDirectory(id)) {
            (bytes) throws(LogError) -> SegmentDirectory in
            guard let bytes else {
                throw LogError(.corruption, "the directory of a segment is missing", location: "segment \(id)")
            }
            // Decoded, a directory takes some four times its stored bytes.
            byteCount = bytes.count * 4
            return try SegmentDirectory.decode(bytes, segment: id)
        }
        insert(directory, id: id, byteCount: byteCount)
        return directory
    }

    private func insert(_ directory: SegmentDirectory, id: UInt64, byteCount: Int) {
        state.withLock { state in
            state.clock += 1
            if let before = state.directories.updateValue((directory, byteCount, state.clock), forKey: id) {
                state.byteCount -= before.byteCount
            }
            state.byteCount += byteCount
            while state.byteCount > byteCountMax, state.directories.count > 1 {
                let oldest = state.directories.min { $0.value.lastUse < $1.value.lastUse }!
                state.byteCount -= oldest.value.byteCount
                state.directories[oldest.key] = nil
            }
        }
    }

    func remove(_ id: UInt64) {
        state.withLock { state in
            if let removed = state.directories.removeValue(forKey: id) { state.byteCount -= removed.byteCount }
        }
    }
}
