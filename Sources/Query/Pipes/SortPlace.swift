import LogDB

/// Reads what rows of one chunk are sorted by.
struct SortKeyReader {
    private let keys: [SortKey]
    private let readers: [ColumnReader]
    private let entryKeys: [EntryKey]?
    let count: Int

    init(_ batch: RowBatch, _ keys: [SortKey]) {
        self.keys = keys
        readers = keys.map { ColumnReader(batch, $0.column.reference) }
        entryKeys = batch.entries?.keys
        count = batch.count
    }

    func values(_ row: Int) -> [SortValue] {
        readers.indices.map { readers[$0].sortValue(row, kind: keys[$0].column.kind) }
    }

    /// Negative, zero or positive as the row comes before, with or after one with these values. Only as many keys are
    /// read as it takes.
    func compare(_ row: Int, _ values: [SortValue]) -> Int {
        for index in readers.indices {
            let key = keys[index]
            let order = readers[index].compare(
                row, values[index], kind: key.column.kind, isDescending: key.isDescending)
            if order != 0 { return order }
        }
        return 0
    }

    func entryKey(_ row: Int) -> EntryKey? { entryKeys?[row] }
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
        return places.sorted { left, right in
            let order = compare(left.values, right.values, keys)
            if order != 0 { return order < 0 }
            // Numbers that are equal, and written differently.
            for reader in readers {
                let order = (reader.bytes(left.arrival) ?? []).compared(to: reader.bytes(right.arrival) ?? [])
                if order != 0 { return order < 0 }
            }
            return left.arrival < right.arrival
        }.map(\.arrival)
    }
}
