/// The numbers of a block's rows: what every row has one of.
struct GatheredRows: ~Copyable {
    private(set) var times = GrowingBuffer<Int64>()
    private(set) var received = GrowingBuffer<Int64>()
    private(set) var sequences = GrowingBuffer<Int64>()
    private(set) var levels = GrowingBuffer<UInt8>()
    /// Neighbours differ.
    private(set) var runs: [StreamRun] = []

    var count: Int { times.count }

    /// Replaces what is held by the columns of `rows`.
    mutating func gather(_ rows: BlockRows) throws(LogError) {
        try rows.gather(into: &times) { (group) throws(LogError) in try group.times() }
        try rows.gather(into: &received) { (group) throws(LogError) in try group.received() }
        try rows.gather(into: &sequences) { (group) throws(LogError) in try group.sequences() }
        try rows.gather(into: &levels) { (group) throws(LogError) in try group.levels() }
        var streams: [[StreamRun]] = []
        for group in rows.groups { streams.append(try group.streams()) }
        runs.removeAll(keepingCapacity: true)
        for span in rows.spans { append(span.rows, of: streams[span.group]) }
    }

    private mutating func append(_ rows: Range<Int>, of groupRuns: [StreamRun]) {
        var index = GatheredRows.run(of: rows.lowerBound, in: groupRuns)
        var row = rows.lowerBound
        while row < rows.upperBound {
            let end = min(rows.upperBound, groupRuns[index].rows.upperBound)
            append(groupRuns[index], count: end - row)
            row = end
            index += 1
        }
    }

    private mutating func append(_ run: StreamRun, count: Int) {
        let start = runs.last?.rows.upperBound ?? 0
        if let last = runs.last, last.device == run.device, last.session == run.session {
            runs[runs.count - 1].rows = last.rows.lowerBound..<(start + count)
        } else {
            runs.append(StreamRun(device: run.device, session: run.session, rows: start..<(start + count)))
        }
    }

    private static func run(of row: Int, in runs: [StreamRun]) -> Int {
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].rows.lowerBound <= row { low = middle } else { high = middle }
        }
        return low
    }
}
