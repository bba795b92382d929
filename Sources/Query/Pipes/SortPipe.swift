import LogDB

/// `sort`: rows by the values of columns. Rows that are equal in all of them keep the order in which they come.
///
/// Where only the first or last rows are wanted, no more than twice as many are held.
final class SortPipe: RowSource {
    enum Kept {
        case all
        case first(Int)
        case last(Int)
    }

    /// The row after which the wanted ones stand. They come in the same order every time, so that those that equal it
    /// and stand after it come after it too.
    struct Start {
        var values: [SortValue]
        var key: EntryKey
        var hasCome = false
    }

    private let input: any RowSource
    private let keys: [SortKey]
    private let kept: Kept
    private var start: Start?
    private let memory: PipeMemory
    private var heldByteCount = 0
    private var rows: RowBatch?
    private var places: [SortPlace] = []
    private var placesByteCount = 0
    private var arrivedCount = 0
    /// The worst row that is still wanted, once there are enough.
    private var bound: SortPlace?
    private var output: HeldRows?

    /// - Parameter start: Only rows after it are wanted.
    init(_ input: any RowSource, keys: [SortKey], kept: Kept, start: Start?, memory: PipeMemory) {
        self.input = input
        self.keys = keys
        self.kept = kept
        self.start = start
        self.memory = memory
    }

    /// How many rows there were; known once the first of them is out.
    private(set) var windowCount = 0

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if output == nil {
            try await fill(isolation)
            windowCount = rows?.count ?? 0
            output = HeldRows(rows ?? RowBatch(computed: [], count: 0))
            rows = nil
            places = []
        }
        return try await output?.next(isolation: isolation)
    }

    private var countMax: Int {
        switch kept {
        case .all: .max
        case .first(let count), .last(let count): count
        }
    }

    /// Whether the left row is wanted before the right one: the last rows are found as the first of the reverse order.
    private func precedes(_ left: SortPlace, _ right: SortPlace) -> Bool {
        if case .last = kept { return SortPlace.comesBefore(right, left, keys) }
        return SortPlace.comesBefore(left, right, keys)
    }

    /// Whether a row stands after `start`; to be asked of each in the order in which they come.
    private func isAfterStart(_ values: [SortValue], _ key: EntryKey?) -> Bool {
        guard let start else { return true }
        let order = SortPlace.compare(start.values, values, keys)
        if order != 0 { return order < 0 }
        if start.hasCome { return true }
        self.start?.hasCome = key == start.key
        return false
    }

    private func fill(_ isolation: isolated (any Actor)?) async throws {
        guard countMax > 0 else { return }
        while let chunk = try await input.next(isolation: isolation) {
            let readers = keys.map { ColumnReader(chunk, $0.column.reference) }
            var held = rows ?? RowBatch(like: chunk)
            rows = nil
            for index in 0..<chunk.count {
                let values = zip(readers, keys).map { $0.sortValue(index, kind: $1.column.kind) }
                let place = SortPlace(values: values, arrival: arrivedCount)
                arrivedCount += 1
                guard isAfterStart(place.values, chunk.entries?.keys[index]) else { continue }
                if let bound, !precedes(place, bound) { continue }
                held.append(index, of: chunk)
                places.append(place)
                placesByteCount += place.byteCount
            }
            rows = held
            if countMax < .max / 4, places.count >= max(2 * countMax, RowChunk.rowCountMax) { compact() }
            if byteCount > memory.freeByteCount + heldByteCount, places.count > countMax { compact() }
            try memory.hold(&heldByteCount, byteCount, "sort")
        }
        compact()
        if case .last = kept { rows?.reverse() }
        places = []
        placesByteCount = 0
        try memory.hold(&heldByteCount, byteCount, "sort")
    }

    private var byteCount: Int { (rows?.byteCount ?? 0) + placesByteCount }

    /// Sorts what is held and lets go of what is not wanted.
    private func compact() {
        guard let held = rows else { return }
        let wanted = places.indices.sorted { precedes(places[$0], places[$1]) }.prefix(countMax)
        rows = held.picking(wanted)
        places = wanted.map { places[$0] }
        placesByteCount = places.reduce(0) { $0 + $1.byteCount }
        if places.count == countMax { bound = places.last }
    }
}

/// A row's place in an order.
struct SortPlace {
    var values: [SortValue]
    /// How many rows came before it.
    var arrival: Int

    var byteCount: Int {
        values.reduce(64) { sum, value in
            if case .text(let bytes) = value { return sum + 48 + bytes.count }
            return sum + 16
        }
    }

    static func comesBefore(_ left: SortPlace, _ right: SortPlace, _ keys: [SortKey]) -> Bool {
        let order = compare(left.values, right.values, keys)
        return order == 0 ? left.arrival < right.arrival : order < 0
    }

    /// Negative, zero or positive as `SortValue.compare`.
    static func compare(_ left: [SortValue], _ right: [SortValue], _ keys: [SortKey]) -> Int {
        for (index, key) in keys.enumerated() {
            let order = SortValue.compare(left[index], right[index], isDescending: key.isDescending)
            if order != 0 { return order }
        }
        return 0
    }

    /// The numbers of the rows in the order of these columns, ascending; numbers that are equal and written differently in
    /// that of their text, so that distinct rows stand in the same order every time.
    static func order(_ batch: RowBatch, by columns: [Column]) -> [Int] {
        let keys = columns.map { SortKey(column: $0, isDescending: false) }
        let readers = columns.map { ColumnReader(batch, $0.reference) }
        let places = (0..<batch.count).map { index in
            SortPlace(
                values: zip(readers, columns).map { $0.sortValue(index, kind: $1.kind) }, arrival: index)
        }
        func text(_ row: Int) -> [[UInt8]] { readers.map { $0.withBytes(row) { Array($0) } ?? [] } }
        return places.sorted { left, right in
            let order = compare(left.values, right.values, keys)
            if order != 0 { return order < 0 }
            for (left, right) in zip(text(left.arrival), text(right.arrival)) where left != right {
                return left.lexicographicallyPrecedes(right)
            }
            return left.arrival < right.arrival
        }.map(\.arrival)
    }
}
