import LogModel

/// The attributes of a block's rows as a column a key.
struct GatheredContext: ~Copyable {
    struct Column {
        /// The key's number in `keys`.
        var key: Int
        /// Of its rows and values in the memory of all columns.
        fileprivate var positions: Range<Int>
        fileprivate var bytes: Range<Int>
    }

    /// An attribute where it lies in its group.
    struct Reference: BitwiseCopyable {
        var key: UInt32
        var row: UInt32
        var start: UnsafeRawPointer?
        var count: Int

        var value: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
    }

    /// The names of the keys.
    private(set) var keys = StringTable()
    /// The most frequent keys, ordered by their bytes.
    private(set) var columns: [Column] = []
    /// The attributes of all other keys, one string a row that has any: row varint, then key and value, each a length
    /// varint and bytes. Nil where there are no other keys.
    private(set) var other: ByteColumn?
    /// Attributes, and bytes of their values.
    private(set) var attributeCount = 0
    private(set) var byteCount = 0

    private var references = GrowingBuffer<Reference>()
    private var keyCounts: [(attributes: Int, bytes: Int)] = []
    private var rowNumbers = GrowingBuffer<UInt32>()
    private var ends = GrowingBuffer<UInt32>()
    private var bytes = GrowingBuffer<UInt8>()

    /// Replaces what is held by the attributes of `rows`, whose groups must stay as long as the columns are read.
    ///
    /// - Parameter columnCountMax: Keys that get a column of their own.
    mutating func gather(_ rows: BlockRows, columnCountMax: Int) throws(LogError) {
        keys = StringTable()
        keyCounts.removeAll(keepingCapacity: true)
        references.removeAll()
        try refer(to: rows)
        attributeCount = references.count
        byteCount = keyCounts.reduce(0) { $0 + $1.bytes }
        makeColumns(columnCountMax: columnCountMax)
        let hasOther = columns.count < keys.count
        distribute()
        other = hasOther ? makeOther() : nil
    }

    /// The rows that have a value of the column's key, ascending.
    func rows(of column: Column) -> UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(rebasing: rowNumbers.view[column.positions])
    }

    func values(of column: Column) -> BytesView {
        BytesView(
            bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes.view[column.bytes])),
            ends: UnsafeBufferPointer(rebasing: ends.view[column.positions]))
    }

    /// Calls `body` with each attribute that has no column, by its key's number.
    func forEachOther(_ body: (Int, UnsafeRawBufferPointer) -> Void) {
        guard other != nil else { return }
        let isColumn = columnOfKey()
        for reference in references.view where isColumn[Int(reference.key)] < 0 {
            body(Int(reference.key), reference.value)
        }
    }

    // MARK: Finding

    private mutating func refer(to rows: BlockRows) throws(LogError) {
        var contexts: [ContextView] = []
        /// For each group, the numbers here of its keys.
        var translations: [[UInt32]] = []
        for group in rows.groups {
            let context = try group.context()
            contexts.append(context)
            switch context {
            case .rows(_, _, let keyNames, _): translations.append([UInt32](repeating: .max, count: keyNames.count))
            case .columns(let columns): translations.append([UInt32](repeating: .max, count: columns.count))
            }
        }
        var row = 0
        for span in rows.spans {
            switch contexts[span.group] {
            case .rows(let ends, let keys, let keyNames, let values):
                refer(
                    to: span.rows, at: row, ends: ends, keys: keys, keyNames: keyNames, values: values,
                    &translations[span.group])
            case .columns(let columns):
                for (index, column) in columns.enumerated() {
                    refer(to: span.rows, at: row, column.key, column.values, &translations[span.group][index])
                }
            }
            row += span.rows.count
        }
    }

    /// - Parameter start: The block's row that the first of `range` is.
    private mutating func refer(
        to range: Range<Int>, at start: Int, ends: UnsafeBufferPointer<UInt32>, keys: UnsafeBufferPointer<UInt32>,
        keyNames: BytesView, values: BytesView, _ translation: inout [UInt32]
    ) {
        var attribute = range.lowerBound == 0 ? 0 : Int(ends[range.lowerBound - 1])
        for row in range {
            let end = Int(ends[row])
            while attribute < end {
                let code = Int(keys[attribute])
                if translation[code] == .max { translation[code] = number(keyNames[code]) }
                append(translation[code], row: start + row - range.lowerBound, values[attribute])
                attribute += 1
            }
        }
    }

    private mutating func refer(
        to range: Range<Int>, at start: Int, _ key: [UInt8], _ values: AttributeView, _ translation: inout UInt32
    ) {
        var position = values.firstPosition(notBefore: range.lowerBound)
        while position < values.count {
            let row = values.row(position)
            guard row < range.upperBound else { break }
            if translation == .max { translation = key.withUnsafeBytes { number($0) } }
            append(translation, row: start + row - range.lowerBound, values[position])
            position += 1
        }
    }

    private mutating func number(_ key: UnsafeRawBufferPointer) -> UInt32 {
        let number = keys.intern(key)
        if Int(number) == keyCounts.count { keyCounts.append((0, 0)) }
        return number
    }

    @inline(__always)
    private mutating func append(_ key: UInt32, row: Int, _ value: UnsafeRawBufferPointer) {
        keyCounts[Int(key)].attributes += 1
        keyCounts[Int(key)].bytes += value.count
        references.append(
            Reference(key: key, row: UInt32(truncatingIfNeeded: row), start: value.baseAddress, count: value.count))
    }

    // MARK: Columns

    private mutating func makeColumns(columnCountMax: Int) {
        var chosen = Array(keyCounts.indices)
        if chosen.count > columnCountMax {
            chosen.sort { (keyCounts[$0].attributes, $1) > (keyCounts[$1].attributes, $0) }
            chosen.removeLast(chosen.count - columnCountMax)
        }
        let named = chosen.map { (key: $0, name: keys[$0]) }.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        columns.removeAll(keepingCapacity: true)
        var position = 0
        var byte = 0
        for (key, _) in named {
            columns.append(
                Column(
                    key: key, positions: position..<(position + keyCounts[key].attributes),
                    bytes: byte..<(byte + keyCounts[key].bytes)))
            position += keyCounts[key].attributes
            byte += keyCounts[key].bytes
        }
        rowNumbers.resize(to: position)
        ends.resize(to: position)
        bytes.resize(to: byte)
    }

    /// For each key, its column; -1 where it has none.
    private func columnOfKey() -> [Int] {
        var columnOfKey = [Int](repeating: -1, count: keys.count)
        for (index, column) in columns.enumerated() { columnOfKey[column.key] = index }
        return columnOfKey
    }

    /// Copies the references of each column's key to where its rows and values stand.
    private func distribute() {
        let columnOfKey = columnOfKey()
        var positions = columns.map(\.positions.lowerBound)
        var ends = [Int](repeating: 0, count: columns.count)
        let rows = rowNumbers.elements
        let valueEnds = self.ends.elements
        let target = UnsafeMutableRawBufferPointer(bytes.elements)
        for reference in references.view {
            let column = columnOfKey[Int(reference.key)]
            guard column >= 0 else { continue }
            if let start = reference.start, reference.count > 0 {
                (target.baseAddress! + columns[column].bytes.lowerBound + ends[column])
                    .copyMemory(from: start, byteCount: reference.count)
            }
            ends[column] += reference.count
            rows[positions[column]] = reference.row
            valueEnds[positions[column]] = UInt32(truncatingIfNeeded: ends[column])
            positions[column] += 1
        }
    }

    private func makeOther() -> ByteColumn {
        let columnOfKey = columnOfKey()
        // Where groups hold columns the rows of one come key by key.
        let others = references.view.indices.filter { columnOfKey[Int(references[$0].key)] < 0 }
            .sorted { (references[$0].row, $0) < (references[$1].row, $1) }
        var column = ByteColumn()
        var index = 0
        while index < others.count {
            let row = references[others[index]].row
            var record = ByteWriter()
            record.varint(row)
            while index < others.count, references[others[index]].row == row {
                let reference = references[others[index]]
                record.string(keys[Int(reference.key)])
                record.varint(reference.count)
                record.bytes.append(contentsOf: reference.value)
                index += 1
            }
            record.bytes.withUnsafeBytes { column.append($0) }
        }
        return column
    }
}
