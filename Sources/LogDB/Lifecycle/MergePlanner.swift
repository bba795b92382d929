/// Chooses segments to merge: small ones of a day, about as large as each other, so that an entry is rewritten once for
/// each power of the fan-in that its day grows by.
enum MergePlanner {
    /// Blocks of a merged segment stay well below what its index can number.
    private static let blockCountMax = 2_048

    /// A day none of whose segments is among so many of the store's newest has got all that it will get, as a rule.
    private static let quietSegmentCount: UInt64 = 64

    /// The next merge of background maintenance: the day with the most segments first. Nil when there is nothing to gain.
    ///
    /// A day that still grows waits for as many segments as a merge joins, so that an entry is rewritten once and not with
    /// every few that follow it. One that has become quiet is tidied up whatever their number.
    static func next(_ segments: [Segment], options: Options) -> [Segment]? {
        guard options.mergeRowCountMax > 0 else { return nil }
        let newest = segments.reduce(0) { max($0, $1.record.id) }
        var best: [Segment] = []
        for day in Dictionary(grouping: segments, by: { $0.record.day }).values {
            let small = day.filter { $0.record.rowCount < UInt64(options.mergeRowCountMax) }
                .sorted { ($0.record.rowCount, $0.record.id) < ($1.record.rowCount, $1.record.id) }
            let isQuiet = day.allSatisfy { $0.record.id + quietSegmentCount <= newest }
            let countMin = isQuiet ? 2 : options.mergeFanIn
            guard small.count >= countMin else { continue }
            let group = balanced(fitting(small, options: options))
            if group.count >= countMin, group.count > best.count { best = group }
        }
        return best.isEmpty ? nil : best
    }

    /// The group, sorted by rows, without a last one that is far larger than all others together: it would be rewritten
    /// for little.
    private static func balanced(_ group: [Segment]) -> [Segment] {
        let rest = group.dropLast().reduce(0) { $0 + $1.record.rowCount }
        guard let last = group.last, last.record.rowCount > rest * 2 else { return group }
        return Array(group.dropLast())
    }

    /// The groups that a full compaction merges: all of a day, as large as segments may become.
    static func all(_ segments: [Segment], options: Options) -> [[Segment]] {
        var groups: [[Segment]] = []
        for day in Dictionary(grouping: segments, by: { $0.record.day }).values {
            var rest = day.sorted { ($0.record.rowCount, $0.record.id) < ($1.record.rowCount, $1.record.id) }
            while rest.count > 1 {
                let group = fitting(rest, options: options)
                guard group.count > 1 else { break }
                groups.append(group)
                rest.removeFirst(group.count)
            }
        }
        return groups.sorted { $0[0].record.day < $1[0].record.day }
    }

    /// As many of the smallest as one segment may hold.
    private static func fitting(_ sorted: [Segment], options: Options) -> [Segment] {
        var rows: UInt64 = 0
        var blocks = 0
        var group: [Segment] = []
        for segment in sorted {
            rows += segment.record.rowCount
            blocks += segment.record.blockCount
            guard rows <= UInt64(max(options.mergeRowCountMax, 1)), blocks <= blockCountMax else { break }
            group.append(segment)
        }
        return group
    }
}
