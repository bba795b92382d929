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

    private func fill(_ isolation: isolated (any Actor)?) async throws {
        guard countMax > 0 else { return }
        while let chunk = try await input.next(isolation: isolation) {
            let wanted = choose(from: SortKeyReader(chunk, keys))
            if !wanted.isEmpty {
                var held = rows ?? RowBatch(like: chunk)
                rows = nil
                held.append(wanted, of: chunk)
                rows = held
            }
            if countMax < .max / 4, places.count >= max(2 * countMax, RowChunk.rowCountMax) { compact() }
            if byteCount > memory.freeByteCount + heldByteCount, places.count > countMax { compact() }
            try memory.hold(&heldByteCount, byteCount, "sort")
        }
        compact()
        if case .last = kept, let held = rows { rows = held.picking((0..<held.count).reversed()) }
        places = []
        placesByteCount = 0
        try memory.hold(&heldByteCount, byteCount, "sort")
    }

    /// The rows of a chunk that may be among those wanted; their places are added.
    private func choose(from reader: SortKeyReader) -> [Int] {
        var wanted: [Int] = []
        for row in 0..<reader.count {
            let arrival = arrivedCount
            arrivedCount += 1
            if start != nil, !isAfterStart(reader, row) { continue }
            // Of many rows the first key tells that they come too late.
            if let bound, !precedes(reader, row, bound) { continue }
            let place = SortPlace(values: reader.values(row), arrival: arrival)
            wanted.append(row)
            places.append(place)
            placesByteCount += place.byteCount
        }
        return wanted
    }

    /// Whether a row is wanted before another, which came before it: the last rows are found as the first of the reverse
    /// order.
    private func precedes(_ reader: SortKeyReader, _ row: Int, _ other: SortPlace) -> Bool {
        let order = reader.compare(row, other.values)
        if case .last = kept { return order >= 0 }
        return order < 0
    }

    private func precedes(_ left: SortPlace, _ right: SortPlace) -> Bool {
        if case .last = kept { return SortPlace.comesBefore(right, left, keys) }
        return SortPlace.comesBefore(left, right, keys)
    }

    /// Whether a row stands after `start`; to be asked of each in the order in which they come.
    private func isAfterStart(_ reader: SortKeyReader, _ row: Int) -> Bool {
        guard let start else { return true }
        let order = reader.compare(row, start.values)
        if order != 0 { return order > 0 }
        if start.hasCome { return true }
        self.start?.hasCome = reader.entryKey(row) == start.key
        return false
    }

    private var byteCount: Int { (rows?.byteCount ?? 0) + placesByteCount }

    /// Sorts what is held and lets go of what is not wanted.
    private func compact() {
        guard let held = rows else { return }
        let wanted = Array(places.indices.sorted { precedes(places[$0], places[$1]) }.prefix(countMax))
        rows = held.keeping(wanted)
        places = wanted.map { places[$0] }
        placesByteCount = places.reduce(0) { $0 + $1.byteCount }
        if places.count == countMax { bound = places.last }
    }
}
