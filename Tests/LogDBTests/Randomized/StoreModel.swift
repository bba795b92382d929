import LogModel

@testable import LogDB

/// What a store must hold and answer, kept row by row.
struct StoreModel {
    /// By commit sequence.
    private(set) var rows: [StoredRow] = []
    /// What was ever accepted, deleted since or not.
    private(set) var accepted: [StoredRow] = []
    /// In ascending order of the total order.
    private(set) var ordered: [StoredRow] = []
    /// The entries of each batch that was sent with an identity, and acknowledged.
    var batches: [BatchIdentity: [Entry]] = [:]
    private let matcher = NaiveFilter()

    /// The commit sequence of the next entry.
    var nextSequence: UInt64 { UInt64(accepted.count) + 1 }

    /// Takes rows in the order of their sequences.
    mutating func append(_ new: [StoredRow]) {
        accepted += new
        rows += new
        ordered += new
        ordered.sort(by: StoreModel.precedes)
    }

    /// - Returns: How many rows are gone.
    mutating func delete(_ filter: Filter, _ range: TimeRange) -> Int {
        let before = rows.count
        let matcher = matcher
        func isGone(_ row: StoredRow) -> Bool {
            range.since <= row.entry.time && row.entry.time < range.until && matcher.matches(filter, row)
        }
        rows.removeAll(where: isGone)
        ordered.removeAll(where: isGone)
        return before - rows.count
    }

    static func precedes(_ left: StoredRow, _ right: StoredRow) -> Bool {
        if left.key.time != right.key.time { return left.key.time < right.key.time }
        if left.entry.device != right.entry.device {
            return left.entry.device.utf8.lexicographicallyPrecedes(right.entry.device.utf8)
        }
        if left.entry.session != right.entry.session {
            return left.entry.session.utf8.lexicographicallyPrecedes(right.entry.session.utf8)
        }
        return left.key.sequence < right.key.sequence
    }

    // MARK: Answers

    func scan(_ request: ScanRequest) -> [StoredRow] {
        var found = ordered.filter {
            request.range.since <= $0.entry.time && $0.entry.time < request.range.until
                && matcher.matches(request.filter, $0)
        }
        if request.order == .newestFirst { found.reverse() }
        if let after = request.after, let row = rows.first(where: { $0.key == after }) {
            let isNewestFirst = request.order == .newestFirst
            found.removeAll {
                isNewestFirst ? !StoreModel.precedes($0, row) : !StoreModel.precedes(row, $0)
            }
        }
        return request.limit.map { Array(found.prefix($0)) } ?? found
    }

    func groups(_ request: AggregateRequest) -> [[GroupValue]: UInt64] {
        var counts: [[GroupValue]: UInt64] = request.keys.isEmpty ? [[]: 0] : [:]
        for row in scan(ScanRequest(range: request.range, filter: request.filter)) {
            counts[request.keys.map { StoreModel.value($0, row.entry) }, default: 0] += 1
        }
        return counts
    }

    private static func value(_ key: GroupKey, _ entry: Entry) -> GroupValue {
        func identifier(_ text: String) -> GroupValue { text.isEmpty ? .missing : .text(Array(text.utf8)) }
        switch key {
        case .timeBucket(let step, let offset):
            let time = entry.time.microseconds - offset
            return .time((time >= 0 ? time / step : (time - step + 1) / step) * step + offset)
        case .field(.level): return .text(Array(entry.level.name.utf8))
        case .field(.device): return identifier(entry.device)
        case .field(.session): return identifier(entry.session)
        case .field(.module): return identifier(entry.module)
        case .field(.thread): return identifier(entry.thread)
        case .field(.context(let name)):
            return entry.context.first { $0.key == name }.map { .text(Array($0.value.utf8)) } ?? .missing
        case .field: return .missing
        }
    }

    /// The stream of the row with this key, around it.
    func context(of key: EntryKey, before: Int, after: Int) -> [StoredRow] {
        let stream = ordered.filter { $0.key.device == key.device && $0.key.session == key.session }
        guard let place = stream.firstIndex(where: { $0.key == key }) else { return [] }
        return Array(stream[max(0, place - before)..<min(stream.count, place + after + 1)])
    }

    /// Entries by level of each session that has any, by device and session.
    var sessions: [[String]: [UInt64]] {
        var found: [[String]: [UInt64]] = [:]
        for row in accepted where !row.entry.session.isEmpty {
            found[[row.entry.device, row.entry.session], default: [0, 0, 0, 0, 0]][Int(row.entry.level.rawValue)] += 1
        }
        return found
    }

    /// The last sequence of a boot received without a gap.
    func acknowledgedThrough(_ identity: BatchIdentity) -> UInt64? {
        var last: UInt64 = 0
        while batches[BatchIdentity(device: identity.device, boot: identity.boot, sequence: last + 1)] != nil {
            last += 1
        }
        return last > 0 ? last : nil
    }
}
