import Synchronization

/// Decoded directories, message templates and censuses of segments, the most recently used ones up to a bound.
final class SegmentCache: Sendable {
    private enum Key: Hashable {
        case directory(UInt64)
        case templates(UInt64)
        case census(UInt64)
        case coldLayout(UInt64)
    }

    private enum Value: Sendable {
        case directory(SegmentDirectory)
        case templates(MessageTemplates)
        case census(SegmentCensus)
        case coldLayout(ColdLayout)
    }

    private struct State {
        var values: [Key: (value: Value, byteCount: Int, lastUse: UInt64)] = [:]
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
        if case .directory(let known)? = find(.directory(id)) { return known }
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
        insert(.directory(directory), .directory(id), byteCount: byteCount)
        return directory
    }

    func templates(of segment: Segment) throws(LogError) -> MessageTemplates {
        let id = segment.record.id
        if case .templates(let known)? = find(.templates(id)) { return known }
        let templates = try store.withValue(.segments, KeyLayout.segmentTemplates(id)) {
            (bytes) throws(LogError) -> MessageTemplates in
            guard let bytes else {
                throw LogError(.corruption, "the templates of a segment are missing", location: "segment \(id)")
            }
            return try MessageTemplates.decode(bytes, segment: id)
        }
        insert(.templates(templates), .templates(id), byteCount: templates.byteCount)
        return templates
    }

    func census(of segment: Segment) throws(LogError) -> SegmentCensus {
        let id = segment.record.id
        if case .census(let known)? = find(.census(id)) { return known }
        let census = try store.withValue(.segments, KeyLayout.segmentCensus(id)) {
            (bytes) throws(LogError) -> SegmentCensus in
            guard let bytes else {
                throw LogError(.corruption, "the census of a segment is missing", location: "segment \(id)")
            }
            return try SegmentCensus.decode(bytes, day: segment.record.day, segment: id)
        }
        insert(.census(census), .census(id), byteCount: census.byteCount)
        return census
    }

    func coldLayout(of segment: Segment) throws(LogError) -> ColdLayout {
        let id = segment.record.id
        if case .coldLayout(let known)? = find(.coldLayout(id)) { return known }
        let layout = ColdLayout(try directory(of: segment))
        insert(.coldLayout(layout), .coldLayout(id), byteCount: layout.byteCount)
        return layout
    }

    private func find(_ key: Key) -> Value? {
        state.withLock { state in
            guard let found = state.values[key] else { return nil }
            state.clock += 1
            state.values[key] = (found.value, found.byteCount, state.clock)
            return found.value
        }
    }

    private func insert(_ value: Value, _ key: Key, byteCount: Int) {
        state.withLock { state in
            state.clock += 1
            if let before = state.values.updateValue((value, byteCount, state.clock), forKey: key) {
                state.byteCount -= before.byteCount
            }
            state.byteCount += byteCount
            while state.byteCount > byteCountMax, state.values.count > 1 {
                let oldest = state.values.min { $0.value.lastUse < $1.value.lastUse }!
                state.byteCount -= oldest.value.byteCount
                state.values[oldest.key] = nil
            }
        }
    }

    func remove(_ id: UInt64) {
        state.withLock { state in
            for key in [Key.directory(id), .templates(id), .census(id), .coldLayout(id)] {
                if let removed = state.values.removeValue(forKey: key) { state.byteCount -= removed.byteCount }
            }
        }
    }
}
