import LogDB
import LogModel

/// Entries of a stream one after the other, from the first to the last.
struct ContextStretch: Hashable {
    var first: EntryPlace
    var last: EntryPlace
}

/// What `context` answers with: stretches of each stream, in their order, none within another.
struct ContextStretches {
    /// The most stretches of time that are read one by one.
    private static let windowCountMax = 256
    /// The most stretches, or streams, that a scan is told of; with more it reads all there is.
    private static let filterCountMax = 256

    private var byStream: [ContextStream: [ContextStretch]] = [:]
    private var count = 0

    /// What they take in memory, about, in bytes.
    var byteCount: Int { count * MemoryLayout<ContextStretch>.stride * 3 / 2 + byStream.count * 128 }

    mutating func set(_ stretches: [ContextStretch], of stream: ContextStream) {
        count += stretches.count - (byStream[stream]?.count ?? 0)
        byStream[stream] = stretches
    }

    /// The indexes of the keys that lie in a stretch.
    func places(of keys: [EntryKey]) -> [Int] {
        var places: [Int] = []
        var last: (stream: ContextStream, stretches: [ContextStretch])?
        for (index, key) in keys.enumerated() {
            let stream = ContextStream(device: key.device, session: key.session)
            if last?.stream != stream { last = (stream, byStream[stream] ?? []) }
            guard let stretches = last?.stretches, !stretches.isEmpty else { continue }
            let place = EntryPlace(key)
            let next = stretches.partitioningIndex { place < $0.first }
            if next > 0, place <= stretches[next - 1].last { places.append(index) }
        }
        return places
    }

    /// The time that has to be read, oldest first: one range, cut where nothing is wanted for the longest.
    func windows() -> [TimeRange] {
        var ranges = byStream.values.joined().map { $0.first.time...$0.last.time }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var joined: [ClosedRange<Int64>] = []
        for range in ranges {
            guard let last = joined.last, range.lowerBound <= last.upperBound else {
                joined.append(range)
                continue
            }
            joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        }
        func gap(_ index: Int) -> UInt64 {
            UInt64(bitPattern: joined[index].lowerBound &- joined[index - 1].upperBound)
        }
        let cuts = joined.indices.dropFirst().sorted { gap($0) > gap($1) }.prefix(Self.windowCountMax - 1).sorted()
        let starts = [0] + cuts
        let ends = cuts + [joined.count]
        return zip(starts, ends).filter { $0 < $1 }.map { start, end in
            TimeRange(
                since: Timestamp(microseconds: joined[start].lowerBound),
                until: Timestamp(microseconds: joined[end - 1].upperBound.saturating(adding: 1)))
        }
    }

    /// A filter that passes the rows of the stretches in a window, and perhaps others.
    func filter(for window: TimeRange) -> Filter {
        var streams: [Filter] = []
        var stretches: [Filter] = []
        for (stream, all) in byStream {
            let isOf = Filter.stream(device: stream.device, session: stream.session)
            let start = all.partitioningIndex { $0.last.time >= window.since.microseconds }
            var isInside = false
            for stretch in all[start...] {
                if stretch.first.time >= window.until.microseconds { break }
                isInside = true
                if stretches.count > Self.filterCountMax { break }
                let range = TimeRange(
                    since: Timestamp(microseconds: stretch.first.time),
                    until: Timestamp(microseconds: stretch.last.time.saturating(adding: 1)))
                stretches.append(.all([isOf, .time(range)]))
            }
            if isInside { streams.append(isOf) }
            if streams.count > Self.filterCountMax { return .everything }
        }
        return .any(stretches.count <= Self.filterCountMax ? stretches : streams)
    }
}
