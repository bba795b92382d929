import LogDB
import LogModel

/// `sort`: rows by the values of fields. Rows that are equal in all of them keep the order in which they come.
///
/// Where only the first or last rows are wanted, no more than twice as many are held.
final class SortSource: RowSource {
    enum Kept {
        case all
        case first(Int)
        case last(Int)
    }

    /// A row's place in the order.
    private struct Place {
        var values: [SortValue]
        /// How many rows came before it.
        var arrival: Int
    }

    /// The row after which the wanted ones stand. They come in the same order every time, so that those that equal it
    /// and stand after it come after it too.
    private struct Start {
        var values: [SortValue]
        var key: EntryKey
        var hasCome = false
    }

    private let input: any RowSource
    private let keys: [SortKey]
    private let kept: Kept
    private var start: Start?
    private let memoryByteCountMax: Int
    private var rows = Rows()
    private var places: [Place] = []
    private var placesByteCount = 0
    private var arrivedCount = 0
    /// The worst row that is still wanted, once there are enough.
    private var bound: Place?
    private var position: Int?

    /// - Parameter after: Holds one row; only those after it are wanted.
    init(_ input: any RowSource, keys: [SortKey], kept: Kept, after: Rows?, memoryByteCountMax: Int) {
        self.input = input
        self.keys = keys
        self.kept = kept
        self.memoryByteCountMax = memoryByteCountMax
        start = after.map { Start(values: SortSource.values(of: 0, in: $0, keys), key: $0.keys[0]) }
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

    private static func values(of index: Int, in rows: Rows, _ keys: [SortKey]) -> [SortValue] {
        keys.map { rows.sortValue(of: $0.field, at: index) }
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
        let order = compare(left.values, right.values)
        return order == 0 ? left.arrival < right.arrival : order < 0
    }

    /// Negative, zero or positive as `SortValue.compare`.
    private func compare(_ left: [SortValue], _ right: [SortValue]) -> Int {
        for (index, key) in keys.enumerated() {
            let order = SortValue.compare(left[index], right[index], isDescending: key.isDescending)
            if order != 0 { return order }
        }
        return 0
    }

    /// Whether a row stands after `start`; to be asked of each in the order in which they come.
    private func isAfterStart(_ values: [SortValue], _ key: EntryKey) -> Bool {
        guard let start else { return true }
        let order = compare(start.values, values)
        if order != 0 { return order < 0 }
        if start.hasCome { return true }
        self.start?.hasCome = key == start.key
        return false
    }

    private func fill(_ isolation: isolated (any Actor)?) async throws {
        guard countMax > 0 else { return }
        while let chunk = try await input.next(isolation: isolation) {
            for index in 0..<chunk.count {
                let place = Place(values: SortSource.values(of: index, in: chunk, keys), arrival: arrivedCount)
                arrivedCount += 1
                guard isAfterStart(place.values, chunk.keys[index]) else { continue }
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
