import LogModel

/// Where a block's columns are read from: the hot store now, ranges of a file or an object elsewhere.
protocol ColumnSource: Sendable {
    /// Calls `body` with the column's bytes as they were written, checksum included.
    ///
    /// - Throws: `.corruption` when there is no such column, `.io`.
    func withColumn(_ id: ColumnID, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void) throws(LogError)
    /// The templates of the messages of the block's segment.
    func templates() throws(LogError) -> MessageTemplates
    /// The segment in the cold tier that the columns come from; nil for others.
    var coldSegment: UInt64? { get }
    /// Bytes that had to be fetched from the cold tier.
    var coldBytesFetched: Int { get }
}

extension ColumnSource {
    var coldSegment: UInt64? { nil }
    var coldBytesFetched: Int { 0 }
}

/// A sealed block's rows.
final class BlockRowGroup: RowGroup {
    private let source: any ColumnSource
    private let summary: BlockSummary
    let contextKeys: [[UInt8]]
    let columns: BlockColumns
    private let cache: BlockColumnCache?
    private let isKept: Bool
    private var fetched = 0
    private var decoded = 0

    private typealias Attribute = BlockColumns.Attribute

    /// - Parameters:
    ///   - strings: Those of the directory that the summary came from.
    ///   - cache: Where columns that were decoded before come from.
    ///   - isKept: Whether what this group decodes goes there when the group does. What came from there goes back always.
    init(
        _ summary: BlockSummary, strings: StringTable, source: any ColumnSource, cache: BlockColumnCache? = nil,
        isKept: Bool = false
    ) {
        self.summary = summary
        self.source = source
        self.cache = cache
        contextKeys = summary.contextKeys.map { strings[Int($0.key)] }
        let known = cache?.take(summary.key.number)
        columns = known ?? BlockColumns(contextKeyCount: contextKeys.count)
        self.isKept = isKept || known != nil
        super.init(rowCount: summary.rowCount, timeMin: summary.timeMin, timeMax: summary.timeMax)
    }

    deinit { if isKept { cache?.give(columns, of: summary.key.number) } }

    override var bytesDecoded: Int { decoded }
    override var bytesFetched: Int { fetched }
    override var coldBytesFetched: Int { source.coldBytesFetched }
    override var coldSegment: UInt64? { source.coldSegment }
    override var bytesHeld: Int { columns.byteCount }

    private func account(_ byteCount: Int) {
        decoded += byteCount
        columns.decodedByteCount += byteCount
    }

    /// The most bytes that a column of text may decode to: the summary says how many bytes of rows went in, and the
    /// overhead of a row is within what it counts for one.
    var textByteCountMax: Int {
        min(summary.rawByteCount + summary.rowCount * 16 + 1024, Int(UInt32.max))
    }

    func read<Column>(
        _ id: ColumnID, _ decode: (inout ByteReader, inout ZstdDecompressor) throws(LogError) -> Column
    ) throws(LogError) -> Column {
        var result: Column?
        do throws(LogError) {
            try withColumn(id) { (bytes) throws(LogError) in
                var reader = ByteReader(try Checksummed.open(bytes, location: id.name), location: id.name)
                var decompressor = ZstdDecompressor()
                result = try decode(&reader, &decompressor)
            }
        } catch {
            // Named only now: a column is read in less time than its name takes to write.
            throw error.code == .corruption
                ? LogError(.corruption, error.message, location: "\(summary.key.location), column \(id.name)") : error
        }
        return result!
    }

    private func withColumn(
        _ id: ColumnID, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void
    ) throws(LogError) {
        if let range = summary.sharedRange(of: id) {
            let shared = try sharedColumns()
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(shared.view)[range]))
        } else {
            try source.withColumn(id) { (bytes) throws(LogError) in
                fetched += bytes.count
                try body(bytes)
            }
        }
    }

    private func sharedColumns() throws(LogError) -> ColumnBuffer<UInt8> {
        if let shared = columns.shared { return shared }
        let byteCount = summary.sharedByteCount
        let shared = ColumnBuffer<UInt8>(count: byteCount)
        try source.withColumn(.shared) { (bytes) throws(LogError) in
            guard bytes.count == byteCount else {
                throw LogError(.corruption, "\(bytes.count) bytes of columns instead of \(byteCount)")
            }
            UnsafeMutableRawBufferPointer(shared.elements).copyMemory(from: bytes)
        }
        fetched += byteCount
        columns.decodedByteCount += byteCount
        columns.shared = shared
        return shared
    }

    private func integers(_ id: ColumnID) throws(LogError) -> ColumnBuffer<Int64> {
        let column = try read(id) { (reader, decompressor) throws(LogError) in
            try IntegerColumn.decode(&reader, rowCount: rowCount, decompressor: &decompressor)
        }
        account(column.byteCount)
        return column
    }

    override func times() throws(LogError) -> UnsafeBufferPointer<Int64> {
        if columns.times == nil { columns.times = try integers(.time) }
        return columns.times!.view
    }

    override func received() throws(LogError) -> UnsafeBufferPointer<Int64> {
        if columns.received == nil { columns.received = try integers(.received) }
        return columns.received!.view
    }

    override func sequences() throws(LogError) -> UnsafeBufferPointer<Int64> {
        if columns.sequences == nil { columns.sequences = try integers(.sequence) }
        return columns.sequences!.view
    }

    override func levels() throws(LogError) -> UnsafeBufferPointer<UInt8> {
        if let levels = columns.levels { return levels.view }
        let column = try read(.level) { (reader, decompressor) throws(LogError) in
            let column = try PackedBytes.decode(&reader, max: rowCount, decompressor: &decompressor)
            guard column.elements.count == rowCount, column.view.allSatisfy({ $0 <= Level.fatal.rawValue }) else {
                throw reader.damaged("a level out of bounds")
            }
            return column
        }
        account(column.byteCount)
        columns.levels = column
        return column.view
    }

    override func streams() throws(LogError) -> [StreamRun] {
        if let runs = columns.runs { return runs }
        let column = try read(.stream) { (reader, _) throws(LogError) in
            var runs: [StreamRun] = []
            var row = 0
            for _ in 0..<(try reader.count(max: rowCount)) {
                let device = UInt32(truncatingIfNeeded: try reader.varint())
                let session = try reader.varint()
                let count = try reader.count(max: rowCount - row)
                runs.append(StreamRun(device: device, session: session, rows: row..<(row + count)))
                row += count
            }
            guard row == rowCount else { throw reader.damaged("the runs do not cover the rows") }
            return runs
        }
        account(column.count * MemoryLayout<StreamRun>.stride)
        columns.runs = column
        return column
    }

    override func identifiers(_ column: IdentifierColumn) throws(LogError) -> DictionaryView {
        if columns.identifiers[column.rawValue] == nil {
            let decodedColumn = try read(column.column) { (reader, decompressor) throws(LogError) in
                let valueCount = try reader.count(max: rowCount)
                let values = try StringColumn.decode(
                    &reader, count: valueCount, byteCountMax: textByteCountMax, decompressor: &decompressor)
                let codes = try CodeColumn.decode(
                    &reader, rowCount: rowCount, valueCount: valueCount, decompressor: &decompressor)
                return (values: values, codes: codes)
            }
            account(decodedColumn.values.byteCount + decodedColumn.codes.byteCount)
            columns.identifiers[column.rawValue] = decodedColumn
        }
        let column = columns.identifiers[column.rawValue]!
        return DictionaryView(codes: column.codes.view, values: column.values.view)
    }

    // MARK: Few rows

    override func areFew(_ rows: [Int]) -> Bool { rows.count * 8 <= rowCount }

    override func received(of rows: [Int]) throws(LogError) -> [Int64] {
        if areFew(rows), let picked = try pickedReceived(rows) { return picked }
        return try super.received(of: rows)
    }

    override func sequences(of rows: [Int]) throws(LogError) -> [Int64] {
        if areFew(rows), let picked = try pickedSequences(rows) { return picked }
        return try super.sequences(of: rows)
    }

    override func levels(of rows: [Int]) throws(LogError) -> [UInt8] {
        if areFew(rows), let picked = try pickedLevels(rows) { return picked }
        return try super.levels(of: rows)
    }

    override func identifiers(
        _ column: IdentifierColumn, of rows: [Int]
    ) throws(LogError) -> (codes: [UInt32], values: BytesView) {
        if areFew(rows), let picked = try pickedIdentifiers(column, rows) { return picked }
        return try super.identifiers(column, of: rows)
    }

    override func attributes(of rows: [Int], keys: [[UInt8]]?) throws(LogError) -> [PickedAttribute] {
        try pickedAttributes(rows, keys: keys)
    }

    // MARK: Text

    override func messages() throws(LogError) -> BytesView {
        if columns.messageTexts == nil {
            let column = try storedMessageColumn()
            var texts = ByteColumn()
            texts.bytes.reserveCapacity(rowCount * messageByteCountMean)
            texts.ends.reserveCapacity(rowCount)
            try column.append(Array(0..<rowCount), to: &texts)
            account(texts.bytes.count)
            columns.messageTexts = DecodedStrings(texts)
        }
        return columns.messageTexts!.view
    }

    override func messageColumn() throws(LogError) -> MessageColumn? { try storedMessageColumn() }

    override func appendMessages(_ rows: [Int], to output: inout ByteColumn) throws(LogError) {
        try storedMessageColumn().append(rows, to: &output)
    }

    override func textEnd(of row: Int) throws(LogError) -> Int {
        if let ends = columns.textEnds { return ends.elements[row] }
        let ends = ColumnBuffer<Int>(count: rowCount)
        try storedMessageColumn().writeByteCountBounds(to: ends.elements)
        if case .columns(let columns) = try context() {
            for (_, values) in columns {
                for position in 0..<values.count { ends.elements[values.row(position)] += values[position].count }
            }
        }
        for row in 1..<max(rowCount, 1) { ends.elements[row] += ends.elements[row - 1] }
        account(ends.byteCount)
        columns.textEnds = ends
        return ends.elements[row]
    }

    override var messageByteCountMean: Int { summary.rawByteCount / max(summary.rowCount, 1) }

    private func storedMessageColumn() throws(LogError) -> MessageColumn {
        if let message = columns.message { return message }
        let templates = try source.templates()
        let column = try read(.message) { (reader, decompressor) throws(LogError) in
            try MessageColumn(
                &reader, rowCount: rowCount, templates: templates, textByteCountMax: textByteCountMax,
                location: { [key = summary.key] in "\(key.location), column \(ColumnID.message.name)" },
                decompressor: &decompressor)
        }
        account(column.byteCount)
        columns.message = column
        return column
    }

    override func attribute(_ key: [UInt8]) throws(LogError) -> AttributeView? {
        if let index = contextKeys.firstIndex(of: key) { return try attribute(at: index).view }
        return try others().first { $0.key == key }?.attribute.view
    }

    override func context() throws(LogError) -> ContextView {
        var columns: [(key: [UInt8], values: AttributeView)] = []
        for (index, key) in contextKeys.enumerated() { columns.append((key, try attribute(at: index).view)) }
        for other in try others() { columns.append((other.key, other.attribute.view)) }
        return .columns(columns)
    }

    override func contextKeyCounts() throws(LogError) -> [(key: [UInt8], rows: Int)] {
        var counts = zip(contextKeys, summary.contextKeys).map { (key: $0, rows: Int($1.rows)) }
        for other in try others() { counts.append((other.key, other.attribute.view.count)) }
        return counts
    }

    private func attribute(at index: Int) throws(LogError) -> Attribute {
        if let attribute = columns.attributes[index] { return attribute }
        let id = ColumnID(rawValue: ColumnID.firstContext + UInt16(index))
        let attribute = try read(id) { (reader, decompressor) throws(LogError) -> Attribute in
            let count = try reader.count(max: rowCount)
            var rows: ColumnBuffer<UInt32>?
            if count < rowCount {
                let bitmap = try PackedBytes.decode(&reader, max: (rowCount + 7) / 8, decompressor: &decompressor)
                try checkBitmap(bitmap.view, count: count, reader)
                rows = BlockRowGroup.rows(of: bitmap.view, count: count)
            }
            let (values, codes) = try ValueColumn.decode(
                &reader, count: count, byteCountMax: textByteCountMax, decompressor: &decompressor)
            return Attribute(rows: rows, values: values, codes: codes)
        }
        account(attribute.values.byteCount + (attribute.codes?.byteCount ?? 0) + (attribute.rows?.byteCount ?? 0))
        columns.attributes[index] = attribute
        return attribute
    }

    private static func rows(of bitmap: UnsafeBufferPointer<UInt8>, count: Int) -> ColumnBuffer<UInt32> {
        let rows = ColumnBuffer<UInt32>(count: count)
        let elements = rows.elements
        var position = 0
        for byte in 0..<bitmap.count {
            var bits = bitmap[byte]
            while bits != 0 {
                elements[position] = UInt32(byte * 8 + bits.trailingZeroBitCount)
                position += 1
                bits &= bits &- 1
            }
        }
        return rows
    }

    func checkBitmap(
        _ bitmap: UnsafeBufferPointer<UInt8>, count: Int, _ reader: ByteReader
    ) throws(LogError) {
        let setCount = bitmap.reduce(0) { $0 + $1.nonzeroBitCount }
        guard setCount == count else { throw reader.damaged("a bitmap of \(setCount) rows instead of \(count)") }
        let rowCountInLast = rowCount % 8
        if rowCountInLast > 0, bitmap.count == (rowCount + 7) / 8,
            bitmap[bitmap.count - 1] >> UInt8(rowCountInLast) != 0
        {
            throw reader.damaged("a bitmap past the last row")
        }
    }

    /// Gathers the shared column of rare keys by key.
    func others() throws(LogError) -> [(key: [UInt8], attribute: BlockColumns.Attribute)] {
        if let others = columns.otherAttributes { return others }
        guard summary.otherContextRowCount > 0 else {
            columns.otherAttributes = []
            return []
        }
        let strings = try read(.otherContext) { (reader, decompressor) throws(LogError) in
            try StringColumn.decode(
                &reader, count: summary.otherContextRowCount, byteCountMax: Int(UInt32.max),
                decompressor: &decompressor)
        }
        account(strings.byteCount)
        var keys = StringTable()
        var rows: [[UInt32]] = []
        var values: [ByteColumn] = []
        let view = strings.view
        for index in 0..<view.count {
            var reader = ByteReader(view[index], location: "\(summary.key.location), column context")
            let row = try reader.count(max: rowCount - 1)
            while !reader.isAtEnd {
                let key = Int(keys.intern(try reader.raw(try reader.count(max: reader.remaining))))
                if key == rows.count {
                    rows.append([])
                    values.append(ByteColumn())
                }
                rows[key].append(UInt32(row))
                values[key].append(try reader.raw(try reader.count(max: reader.remaining)))
            }
        }
        let gathered = (0..<keys.count).map { key in
            (
                key: keys[key],
                attribute: Attribute(
                    rows: ColumnBuffer(rows[key]), values: DecodedStrings(values[key]), codes: nil)
            )
        }
        columns.otherAttributes = gathered
        return gathered
    }
}

extension ColumnBuffer {
    convenience init(_ values: [Element]) {
        self.init(count: values.count)
        _ = elements.update(fromContentsOf: values)
    }
}

extension DecodedStrings {
    init(_ column: ByteColumn) {
        self.init(bytes: ColumnBuffer(column.bytes), ends: ColumnBuffer(column.ends))
    }
}
