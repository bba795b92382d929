import LogModel

/// Where a block's columns are read from: the hot store now, ranges of a file or an object elsewhere.
protocol ColumnSource: Sendable {
    /// Calls `body` with the column's bytes as they were written, checksum included.
    ///
    /// - Throws: `.corruption` when there is no such column, `.io`.
    func withColumn(_ id: ColumnID, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void) throws(LogError)
    /// The templates of the messages of the block's segment.
    func templates() throws(LogError) -> MessageTemplates
    /// Names the block in errors.
    var location: String { get }
}

/// A sealed block's rows.
final class BlockRowGroup: RowGroup {
    private let source: any ColumnSource
    private let summary: BlockSummary
    private let contextKeys: [[UInt8]]
    private var decompressor = ZstdDecompressor()
    private var fetched = 0
    private var decoded = 0

    private var timeColumn: ColumnBuffer<Int64>?
    private var receivedColumn: ColumnBuffer<Int64>?
    private var sequenceColumn: ColumnBuffer<Int64>?
    private var levelColumn: ColumnBuffer<UInt8>?
    private var runs: [StreamRun]?
    private var identifierColumns: [(values: DecodedStrings, codes: ColumnBuffer<UInt32>)?]
    private var storedMessages: MessageColumn?
    private var messageTexts: DecodedStrings?
    private var attributeColumns: [Attribute?]
    private var textEnds: ColumnBuffer<Int>?
    private var otherColumns: [(key: [UInt8], attribute: Attribute)]?

    private struct Attribute {
        var rows: ColumnBuffer<UInt32>?
        var values: DecodedStrings
        var codes: ColumnBuffer<UInt32>?
        var view: AttributeView { AttributeView(rows: rows?.view, codes: codes?.view, values: values.view) }
    }

    /// - Parameter strings: Those of the directory that the summary came from.
    init(_ summary: BlockSummary, strings: StringTable, source: any ColumnSource) {
        self.summary = summary
        self.source = source
        contextKeys = summary.contextKeys.map { strings[Int($0.key)] }
        identifierColumns = IdentifierColumn.allCases.map { _ in nil }
        attributeColumns = summary.contextKeys.map { _ in nil }
        super.init(rowCount: summary.rowCount, timeMin: summary.timeMin, timeMax: summary.timeMax)
    }

    override var bytesDecoded: Int { decoded }
    override var bytesFetched: Int { fetched }

    /// The most bytes that a column of text may decode to: the summary says how many bytes of rows went in, and the
    /// overhead of a row is within what it counts for one.
    private var textByteCountMax: Int {
        min(summary.rawByteCount + summary.rowCount * 16 + 1024, Int(UInt32.max))
    }

    private func read<Column>(
        _ id: ColumnID, _ decode: (inout ByteReader, inout ZstdDecompressor) throws(LogError) -> Column
    ) throws(LogError) -> Column {
        var result: Column?
        do throws(LogError) {
            try source.withColumn(id) { (bytes) throws(LogError) in
                fetched += bytes.count
                var reader = ByteReader(try Checksummed.open(bytes, location: id.name), location: id.name)
                result = try decode(&reader, &decompressor)
            }
        } catch {
            // Named only now: a column is read in less time than its name takes to write.
            throw error.code == .corruption
                ? LogError(.corruption, error.message, location: "\(source.location), column \(id.name)") : error
        }
        return result!
    }

    private func integers(_ id: ColumnID) throws(LogError) -> ColumnBuffer<Int64> {
        let column = try read(id) { (reader, decompressor) throws(LogError) in
            try IntegerColumn.decode(&reader, rowCount: rowCount, decompressor: &decompressor)
        }
        decoded += column.byteCount
        return column
    }

    override func times() throws(LogError) -> UnsafeBufferPointer<Int64> {
        if timeColumn == nil { timeColumn = try integers(.time) }
        return timeColumn!.view
    }

    override func received() throws(LogError) -> UnsafeBufferPointer<Int64> {
        if receivedColumn == nil { receivedColumn = try integers(.received) }
        return receivedColumn!.view
    }

    override func sequences() throws(LogError) -> UnsafeBufferPointer<Int64> {
        if sequenceColumn == nil { sequenceColumn = try integers(.sequence) }
        return sequenceColumn!.view
    }

    override func levels() throws(LogError) -> UnsafeBufferPointer<UInt8> {
        if let levelColumn { return levelColumn.view }
        let column = try read(.level) { (reader, decompressor) throws(LogError) in
            let column = try PackedBytes.decode(&reader, max: rowCount, decompressor: &decompressor)
            guard column.elements.count == rowCount, column.view.allSatisfy({ $0 <= Level.fatal.rawValue }) else {
                throw reader.damaged("a level out of bounds")
            }
            return column
        }
        decoded += column.byteCount
        levelColumn = column
        return column.view
    }

    override func streams() throws(LogError) -> [StreamRun] {
        if let runs { return runs }
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
        decoded += column.count * MemoryLayout<StreamRun>.stride
        runs = column
        return column
    }

    override func identifiers(_ column: IdentifierColumn) throws(LogError) -> DictionaryView {
        if identifierColumns[column.rawValue] == nil {
            let decodedColumn = try read(column.column) { (reader, decompressor) throws(LogError) in
                let valueCount = try reader.count(max: rowCount)
                let values = try StringColumn.decode(
                    &reader, count: valueCount, byteCountMax: textByteCountMax, decompressor: &decompressor)
                let codes = try CodeColumn.decode(
                    &reader, rowCount: rowCount, valueCount: valueCount, decompressor: &decompressor)
                return (values: values, codes: codes)
            }
            decoded += decodedColumn.values.byteCount + decodedColumn.codes.byteCount
            identifierColumns[column.rawValue] = decodedColumn
        }
        let column = identifierColumns[column.rawValue]!
        return DictionaryView(codes: column.codes.view, values: column.values.view)
    }

    override func messages() throws(LogError) -> BytesView {
        if messageTexts == nil {
            let column = try storedMessageColumn()
            var texts = ByteColumn()
            texts.bytes.reserveCapacity(rowCount * messageByteCountMean)
            texts.ends.reserveCapacity(rowCount)
            try column.append(Array(0..<rowCount), to: &texts)
            decoded += texts.bytes.count
            messageTexts = DecodedStrings(texts)
        }
        return messageTexts!.view
    }

    override func messageColumn() throws(LogError) -> MessageColumn? { try storedMessageColumn() }

    override func appendMessages(_ rows: [Int], to output: inout ByteColumn) throws(LogError) {
        try storedMessageColumn().append(rows, to: &output)
    }

    override func textEnd(of row: Int) throws(LogError) -> Int {
        if let textEnds { return textEnds.elements[row] }
        let ends = ColumnBuffer<Int>(count: rowCount)
        try storedMessageColumn().writeByteCountBounds(to: ends.elements)
        if case .columns(let columns) = try context() {
            for (_, values) in columns {
                for position in 0..<values.count { ends.elements[values.row(position)] += values[position].count }
            }
        }
        for row in 1..<max(rowCount, 1) { ends.elements[row] += ends.elements[row - 1] }
        textEnds = ends
        return ends.elements[row]
    }

    override var messageByteCountMean: Int { summary.rawByteCount / max(summary.rowCount, 1) }

    private func storedMessageColumn() throws(LogError) -> MessageColumn {
        if let storedMessages { return storedMessages }
        let templates = try source.templates()
        let column = try read(.message) { (reader, decompressor) throws(LogError) in
            try MessageColumn(
                &reader, rowCount: rowCount, templates: templates, textByteCountMax: textByteCountMax,
                location: { [source] in "\(source.location), column \(ColumnID.message.name)" },
                decompressor: &decompressor)
        }
        decoded += column.byteCount
        storedMessages = column
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
        if let attribute = attributeColumns[index] { return attribute }
        let id = ColumnID(rawValue: ColumnID.firstContext + UInt16(index))
        let attribute = try read(id) { (reader, decompressor) throws(LogError) -> Attribute in
            let count = try reader.count(max: rowCount)
            var rows: ColumnBuffer<UInt32>?
            if count < rowCount {
                let bitmap = try PackedBytes.decode(&reader, max: (rowCount + 7) / 8, decompressor: &decompressor)
                rows = try BlockRowGroup.rows(of: bitmap.view, count: count, rowCount: rowCount, reader)
            }
            let (values, codes) = try ValueColumn.decode(
                &reader, count: count, byteCountMax: textByteCountMax, decompressor: &decompressor)
            return Attribute(rows: rows, values: values, codes: codes)
        }
        decoded += attribute.values.byteCount + (attribute.codes?.byteCount ?? 0) + (attribute.rows?.byteCount ?? 0)
        attributeColumns[index] = attribute
        return attribute
    }

    private static func rows(
        of bitmap: UnsafeBufferPointer<UInt8>, count: Int, rowCount: Int, _ reader: ByteReader
    ) throws(LogError) -> ColumnBuffer<UInt32> {
        let setCount = bitmap.reduce(0) { $0 + $1.nonzeroBitCount }
        guard setCount == count else { throw reader.damaged("a bitmap of \(setCount) rows instead of \(count)") }
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
        guard count == 0 || elements[count - 1] < rowCount else { throw reader.damaged("a bitmap past the last row") }
        return rows
    }

    /// Gathers the shared column of rare keys by key.
    private func others() throws(LogError) -> [(key: [UInt8], attribute: Attribute)] {
        if let otherColumns { return otherColumns }
        guard summary.otherContextRowCount > 0 else {
            otherColumns = []
            return []
        }
        let strings = try read(.otherContext) { (reader, decompressor) throws(LogError) in
            try StringColumn.decode(
                &reader, count: summary.otherContextRowCount, byteCountMax: Int(UInt32.max),
                decompressor: &decompressor)
        }
        decoded += strings.byteCount
        var keys = StringTable()
        var rows: [[UInt32]] = []
        var values: [ByteColumn] = []
        let view = strings.view
        for index in 0..<view.count {
            var reader = ByteReader(view[index], location: "\(source.location), column context")
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
        otherColumns = gathered
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
