/// How far in time the first rows of a scan's order can reach, from summaries alone: a block all of whose rows are asked for
/// and that has as many as the scan wants leaves nothing to find beyond its own end.
struct TopBound {
    private let order: ScanOrder
    private let rowCount: Int
    /// The farthest end that is known to be enough.
    private var time: Int64?

    /// - Parameter rowCount: How many rows the scan wants.
    init(order: ScanOrder, rowCount: Int) {
        self.order = order
        self.rowCount = rowCount
    }

    /// Takes what is known of a block.
    mutating func add(_ candidate: Candidate) {
        guard candidate.isWholly, candidate.rowCount >= rowCount else { return }
        switch order {
        case .newestFirst: time = max(time ?? .min, candidate.timeMin)
        case .oldestFirst: time = min(time ?? .max, candidate.timeMax)
        }
    }

    /// Whether rows of these times can be among the first.
    func mayReach(timeMin: Int64, timeMax: Int64) -> Bool {
        guard let time else { return true }
        return order == .newestFirst ? timeMax >= time : timeMin <= time
    }

    /// The segments in the order in which they should be looked at, so that few have to be.
    func sorted(_ segments: [Segment]) -> [Segment] {
        segments.sorted {
            order == .newestFirst
                ? $0.record.timeMax > $1.record.timeMax : $0.record.timeMin < $1.record.timeMin
        }
    }
}
