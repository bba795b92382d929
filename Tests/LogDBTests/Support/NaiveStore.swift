import LogModel

@testable import LogDB

/// What a store must answer, found the slow and obvious way.
struct NaiveStore {
    /// In the order of their commit.
    private(set) var entries: [Entry] = []

    mutating func append(_ batch: [Entry]) { entries += batch }

    /// The entries that `keeps` says, in the total order.
    func rows(order: ScanOrder = .newestFirst, where keeps: (Entry) -> Bool = { _ in true }) -> [Entry] {
        let ordered = entries.enumerated().filter { keeps($0.element) }.sorted { left, right in
            let leftKey = (
                left.element.time.microseconds, Array(left.element.device.utf8), Array(left.element.session.utf8)
            )
            let rightKey = (
                right.element.time.microseconds, Array(right.element.device.utf8), Array(right.element.session.utf8)
            )
            if leftKey.0 != rightKey.0 { return leftKey.0 < rightKey.0 }
            if leftKey.1 != rightKey.1 { return leftKey.1.lexicographicallyPrecedes(rightKey.1) }
            if leftKey.2 != rightKey.2 { return leftKey.2.lexicographicallyPrecedes(rightKey.2) }
            return left.offset < right.offset
        }.map(\.element)
        return order == .newestFirst ? ordered.reversed() : ordered
    }
}

extension LogStore {
    /// All rows of a scan, attributes sorted by key.
    func entries(_ request: ScanRequest = ScanRequest()) async throws -> [Entry] {
        var entries: [Entry] = []
        for try await rows in scan(request) {
            for index in 0..<rows.count { entries.append(rows.batch[index].normalized) }
        }
        return entries
    }
}

extension Entry {
    /// Attributes in the order of their keys: a store does not keep theirs.
    var normalized: Entry {
        var entry = self
        entry.context.sort { $0.key < $1.key }
        return entry
    }
}
