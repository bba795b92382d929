/// When entries become a batch, and how many: by count, by time, or more when there is more. A rule without a clock.
struct BatchPacing: Sendable {
    enum Decision: Hashable {
        /// Cut a batch of up to so many entries now.
        case cut(countMax: Int)
        /// The same, of urgent entries, wherever they are.
        case cutUrgent(countMax: Int)
        /// Nothing is due until so long from now, unless more comes.
        case wait(Duration)
        /// Nothing is due until something changes.
        case rest
    }

    /// A batch that is due when so many entries wait.
    var count: Int
    /// Or when the first of them is so old.
    var interval: Duration

    /// Entries of a batch when catching up: large enough that the way to the server and back is not what limits.
    static let catchUpCount = 5_000
    /// Bytes of a batch, uncompressed: well below what a server takes in one body.
    static let byteCountMax = 4 << 20
    /// Batches that wait: one that is sent, and one that is ready when that is through.
    static let waitingCountMax = 2

    /// More entries than one batch takes are a backlog: the urgent ones among them go first then. Otherwise the order of
    /// arrival costs them nothing.
    ///
    /// - Parameters:
    ///   - unread: Entries that are in no batch.
    ///   - oldestAge: How long ago the first of them came.
    ///   - waitingCount: Batches that the server has not got.
    ///   - isEnding: No more entries will come.
    func decide(unread: LevelCounts, oldestAge: Duration, waitingCount: Int, isEnding: Bool) -> Decision {
        let unreadCount = unread.total
        guard unreadCount > 0, waitingCount < BatchPacing.waitingCountMax else { return .rest }
        let catchUpCount = max(count, BatchPacing.catchUpCount)
        if unreadCount > catchUpCount, !unread.urgent.isEmpty { return .cutUrgent(countMax: catchUpCount) }
        // While a batch is on its way, what comes in the meantime goes together.
        if waitingCount > 0, unreadCount < catchUpCount, !isEnding { return .rest }
        if unreadCount >= 2 * count || isEnding { return .cut(countMax: catchUpCount) }
        if unreadCount >= count { return .cut(countMax: count) }
        return oldestAge >= interval ? .cut(countMax: count) : .wait(interval - oldestAge)
    }
}

/// When the entries came that are in no batch, in order.
struct ArrivalTimes {
    typealias Instant = ContinuousClock.Instant

    /// Past so many groups, new ones count as if they came with the last: they go a little earlier then.
    static let groupCountMax = 1_024

    private var groups: [(count: Int, at: Instant)] = []

    mutating func add(_ count: Int, at instant: Instant) {
        guard count > 0 else { return }
        if groups.count >= ArrivalTimes.groupCountMax {
            groups[groups.count - 1].count += count
        } else {
            groups.append((count, instant))
        }
    }

    /// The first `count` entries are in a batch.
    mutating func remove(_ count: Int) {
        var rest = count
        var gone = 0
        while gone < groups.count, groups[gone].count <= rest {
            rest -= groups[gone].count
            gone += 1
        }
        groups.removeFirst(gone)
        if !groups.isEmpty { groups[0].count -= rest }
    }

    /// So many are in a batch that others came before: the last count as those, so that what is left is not taken for
    /// younger than it is.
    mutating func removeLast(_ count: Int) {
        var rest = count
        while rest > 0, let last = groups.last {
            if last.count > rest {
                groups[groups.count - 1].count -= rest
                return
            }
            rest -= last.count
            groups.removeLast()
        }
    }

    /// When the first of them came; nil when they are from before, or there are none.
    var oldest: Instant? { groups.first?.at }
}
