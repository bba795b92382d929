import Synchronization

/// Pages of the cold tier's objects that were read last, up to a bound, so that a store where each read costs a journey is asked
/// for few and large ranges. Where reads are cheap nothing is kept: the system does so.
///
/// Reads that follow each other in an object, in either direction, as a scan's do, fetch ever more at a time.
final class ColdCache: Sendable {
    private struct Key: Hashable {
        var object: String
        var page: UInt64
    }

    private struct State {
        var pages: [Key: (bytes: [UInt8], lastUse: UInt64)] = [:]
        var byteCount = 0
        var clock: UInt64 = 0
        /// Of each object, the pages that were fetched last.
        var lastRuns: [String: Range<UInt64>] = [:]
    }

    private let pageByteCount: UInt64
    private let byteCountMax: Int
    private let state = Mutex(State())

    /// The most pages that are fetched at a time.
    static let runPageCountMax: UInt64 = 16
    private static let runsRememberedMax = 1_024

    /// - Parameters:
    ///   - pageByteCount: What is fetched at least.
    ///   - byteCountMax: Of all pages together.
    init(pageByteCount: Int, byteCountMax: Int) {
        self.pageByteCount = UInt64(pageByteCount)
        self.byteCountMax = byteCountMax
    }

    /// The bytes of a range of an object.
    ///
    /// - Parameters:
    ///   - byteCount: The object's.
    ///   - fetch: Reads a range of the object, whole.
    func read(
        _ object: String, _ range: Range<UInt64>, byteCount: UInt64,
        fetch: (Range<UInt64>) throws(LogError) -> [UInt8]
    ) throws(LogError) -> [UInt8] {
        let wanted = range.lowerBound / pageByteCount..<(range.upperBound - 1) / pageByteCount + 1
        var held = find(object, wanted)
        if let first = wanted.first(where: { held[$0] == nil }), let last = wanted.last(where: { held[$0] == nil }) {
            let run = extended(first..<(last + 1), object, end: (byteCount - 1) / pageByteCount + 1)
            let start = run.lowerBound * pageByteCount
            let bytes = try fetch(start..<min(run.upperBound * pageByteCount, byteCount))
            for page in run {
                let low = Int((page - run.lowerBound) * pageByteCount)
                held[page] = Array(bytes[low..<min(low + Int(pageByteCount), bytes.count)])
            }
            insert(object, held, run)
        }
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        for page in wanted {
            let start = page * pageByteCount
            let bytes = held[page] ?? []
            let low = Int(max(range.lowerBound, start) - start)
            let high = Int(min(range.upperBound, start + UInt64(bytes.count)) - start)
            guard low <= high else {
                throw LogError(.corruption, "the object ends before \(range.upperBound)", location: object)
            }
            result += bytes[low..<high]
        }
        return result
    }

    private func find(_ object: String, _ pages: Range<UInt64>) -> [UInt64: [UInt8]] {
        state.withLock { state in
            var held: [UInt64: [UInt8]] = [:]
            for page in pages {
                let key = Key(object: object, page: page)
                guard let bytes = state.pages[key]?.bytes else { continue }
                state.clock += 1
                state.pages[key]!.lastUse = state.clock
                held[page] = bytes
            }
            return held
        }
    }

    /// The pages to fetch: twice as many as last time, where they lie beside those, in the same direction.
    private func extended(_ missing: Range<UInt64>, _ object: String, end: UInt64) -> Range<UInt64> {
        let last = state.withLock { $0.lastRuns[object] }
        guard let last else { return missing }
        let count = min(max(UInt64(last.count) * 2, UInt64(missing.count)), ColdCache.runPageCountMax)
        let extra = count - min(count, UInt64(missing.count))
        if missing.lowerBound == last.upperBound {
            return missing.lowerBound..<min(missing.upperBound + extra, end)
        }
        if missing.upperBound == last.lowerBound {
            return missing.lowerBound - min(extra, missing.lowerBound)..<missing.upperBound
        }
        return missing
    }

    private func insert(_ object: String, _ pages: [UInt64: [UInt8]], _ run: Range<UInt64>) {
        state.withLock { state in
            if state.lastRuns.count >= ColdCache.runsRememberedMax { state.lastRuns.removeAll() }
            state.lastRuns[object] = run
            for page in run {
                guard let bytes = pages[page] else { continue }
                state.clock += 1
                let before = state.pages.updateValue((bytes, state.clock), forKey: Key(object: object, page: page))
                state.byteCount += bytes.count - (before?.bytes.count ?? 0)
            }
            guard state.byteCount > byteCountMax else { return }
            // Down to three quarters, so that looking for the oldest is worth it.
            for (key, value) in state.pages.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                if state.byteCount <= byteCountMax / 4 * 3 { break }
                state.pages[key] = nil
                state.byteCount -= value.bytes.count
            }
        }
    }
}
