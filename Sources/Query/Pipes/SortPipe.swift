import LogDB
import LogModel

/// `sort`: rows by the values of fields. Rows that are equal in all of them stand in the scan's order, by time and commit
/// position, so that the order is total.
///
/// Where only the first or last rows are wanted, no more than twice as many are held.
final class SortSource: RowSource {
    enum Kept {
        case all
        case first(Int)
        case last(Int)
    }

    /// A row's place in the order.
    struct Place: Sendable {
        var values: [SortValue]
        var key: EntryKey
    }

    private let input: any RowSource
    private let keys: [SortKey]
    private let order: ScanOrder
    private let kept: Kept
    /// Only rows after this place are wanted.
    private let after: Place?
    private let memoryByteCountMax: Int
    private var rows = Rows()
    private var places: [Place] = []
    private var placesByteCount = 0
    /// The worst row that is still wanted, once there are enough.
    private var bound: Place?
    private var position: Int?

    init(
        _ input: any RowSource, keys: [SortKey], order: ScanOrder, kept: Kept, after: Place?, memoryByteCountMax: Int
    ) {
        self.input = input
        self.keys = keys
        self.order = order
        self.kept = kept
        self.after = after
        self.memoryByteCountMax = memoryByteCountMax
    }

    /// How many rows there were; known once the first of them is out.
    var windowCount: Int { rows.count }

    func next(isolation: isolated (any Actor)?) async throws -> Rows? {
        if position == nil {
            try await fill(isolation)
            position = 0
        }
        guard let start = position, start < rows.count else { return nil }
        let end = min(rows.count, start + RowChunk.rowCountMax)
        position = end
        return rows.slice(start..<end)
    }

    static func place(of index: Int, in rows: Rows, _ keys: [SortKey]) -> Place {
        Place(values: keys.map { rows.sortValue(of: $0.field, at: index) }, key: rows.keys[index])
    }

    private var countMax: Int {
        switch kept {
        case .all: .max
        case .first(let count), .last(let count): count
        }
    }

    /// Whether the left row is wanted before the right one: the last rows are found as the first of the reverse order.
    private func precedes(_ left: Place, _ right: Place) -> Bool {
        if case .last = kept { return comesBefore(right, left) }
        return comesBefore(left, right)
    }

    private func comesBefore(_ left: Place, _ right: Place) -> Bool {
        for (index, key) in keys.enumerated() {
            let order = SortValue.compare(left.values[index], right.values[index], isDescending: key.isDescending)
            if order != 0 { return order < 0 }
        }
        let leftKey = (left.key.time, left.key.sequence)
        let rightKey = (right.key.time, right.key.sequence)
        return order == .newestFirst ? leftKey > rightKey : leftKey < rightKey
    }

    private func fill(_ isolation: isolated (any Actor)?) async throws {
        guard countMax > 0 else { return }
        while let chunk = try await input.next(isolation: isolation) {
            for index in 0..<chunk.count {
                let place = SortSource.place(of: index, in: chunk, keys)
                if let after, !comesBefore(after, place) { continue }
                if let bound, !precedes(place, bound) { continue }
                rows.append(index, of: chunk)
                places.append(place)
                placesByteCount += SortSource.byteCount(of: place)
            }
            if countMax < .max / 4, places.count >= max(2 * countMax, RowChunk.rowCountMax) { compact() }
            if rows.byteCount + placesByteCount > memoryByteCountMax, places.count > countMax { compact() }
            try MemoryBudget.check(rows.byteCount + placesByteCount, memoryByteCountMax, "sort")
        }
        compact()
        if case .last = kept {
            var turned = Rows()
            for index in (0..<rows.count).reversed() { turned.append(index, of: rows) }
            rows = turned
        }
    }

    private static func byteCount(of place: Place) -> Int {
        place.values.reduce(64) { sum, value in
            if case .text(let bytes) = value { return sum + 48 + bytes.count }
            return sum + 16
        }
    }

    /// Sorts what is held and lets go of what is not wanted.
    private func compact() {
        let wanted = places.indices.sorted { precedes(places[$0], places[$1]) }.prefix(countMax)
        var sorted = Rows()
        for index in wanted { sorted.append(index, of: rows) }
        rows = sorted
        places = wanted.map { places[$0] }
        placesByteCount = places.reduce(0) { $0 + SortSource.byteCount(of: $1) }
        if places.count == countMax { bound = places.last }
    }
}
