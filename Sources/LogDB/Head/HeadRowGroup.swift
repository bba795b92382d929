import LogModel

/// The published rows of a head's chunk, as a scan reads them: in the order of their commit, nothing to decode.
final class HeadRowGroup: RowGroup {
    private let chunk: HeadChunk
    private let counts: HeadChunk.Counts
    private var runs: [StreamRun]?
    private var attributes: [[UInt8]: Attribute] = [:]

    private struct Attribute {
        var rows: ColumnBuffer<UInt32>
        var values: DecodedStrings
    }

    init(_ chunk: HeadChunk, _ counts: HeadChunk.Counts, timeMin: Int64, timeMax: Int64) {
        self.chunk = chunk
        self.counts = counts
        super.init(rowCount: counts.rows, timeMin: timeMin, timeMax: timeMax)
    }

    private func rows<Element>(_ buffer: ColumnBuffer<Element>) -> UnsafeBufferPointer<Element> {
        UnsafeBufferPointer(rebasing: buffer.view[..<counts.rows])
    }

    private var strings: BytesView {
        BytesView(
            bytes: UnsafeRawBufferPointer(chunk.stringBytes.view),
            ends: UnsafeBufferPointer(rebasing: chunk.stringEnds.view[..<counts.strings]))
    }

    private var attributeCount: Int { counts.rows == 0 ? 0 : Int(chunk.contextEnds.elements[counts.rows - 1]) }

    private var attributeValues: BytesView {
        BytesView(
            bytes: UnsafeRawBufferPointer(chunk.attributeBytes.view),
            ends: UnsafeBufferPointer(rebasing: chunk.attributeEnds.view[..<attributeCount]))
    }

    override func times() throws(LogError) -> UnsafeBufferPointer<Int64> { rows(chunk.times) }
    override func received() throws(LogError) -> UnsafeBufferPointer<Int64> { rows(chunk.received) }
    override func sequences() throws(LogError) -> UnsafeBufferPointer<Int64> { rows(chunk.sequences) }
    override func levels() throws(LogError) -> UnsafeBufferPointer<UInt8> { rows(chunk.levels) }

    override func streams() throws(LogError) -> [StreamRun] {
        if let runs { return runs }
        var runs: [StreamRun] = []
        var start = 0
        for row in 1...max(counts.rows, 1) {
            if row < counts.rows, chunk.devices.elements[row] == chunk.devices.elements[start],
                chunk.sessions.elements[row] == chunk.sessions.elements[start]
            {
                continue
            }
            guard start < counts.rows else { break }
            runs.append(
                StreamRun(
                    device: chunk.devices.elements[start], session: chunk.sessions.elements[start], rows: start..<row))
            start = row
        }
        self.runs = runs
        return runs
    }

    override func identifiers(_ column: IdentifierColumn) throws(LogError) -> DictionaryView {
        DictionaryView(codes: rows(chunk.identifiers[column.rawValue]), values: strings)
    }

    override func messages() throws(LogError) -> BytesView {
        BytesView(bytes: UnsafeRawBufferPointer(chunk.messageBytes.view), ends: rows(chunk.messageEnds))
    }

    override func textEnd(of row: Int) throws(LogError) -> Int {
        let attributeEnd = Int(chunk.contextEnds.elements[row])
        return Int(chunk.messageEnds.elements[row])
            + (attributeEnd == 0 ? 0 : Int(chunk.attributeEnds.elements[attributeEnd - 1]))
    }

    override var messageByteCountMean: Int { chunk.messageBytes.elements.count / max(counts.rows, 1) }

    override func context() throws(LogError) -> ContextView {
        .rows(
            ends: rows(chunk.contextEnds),
            keys: UnsafeBufferPointer(rebasing: chunk.attributeKeys.view[..<attributeCount]), keyNames: strings,
            values: attributeValues)
    }

    override func attribute(_ key: [UInt8]) throws(LogError) -> AttributeView? {
        if let known = attributes[key] {
            return AttributeView(rows: known.rows.view, codes: nil, values: known.values.view)
        }
        let strings = strings
        guard let code = (0..<strings.count).first(where: { strings[$0].elementsEqual(key) }) else { return nil }
        var rowsWithKey: [UInt32] = []
        var column = ByteColumn()
        let values = attributeValues
        var attribute = 0
        for row in 0..<counts.rows {
            let end = Int(chunk.contextEnds.elements[row])
            while attribute < end {
                if chunk.attributeKeys.elements[attribute] == UInt32(code) {
                    rowsWithKey.append(UInt32(row))
                    column.append(values[attribute])
                }
                attribute += 1
            }
        }
        guard !rowsWithKey.isEmpty else { return nil }
        let found = Attribute(rows: ColumnBuffer(rowsWithKey), values: DecodedStrings(column))
        attributes[key] = found
        return AttributeView(rows: found.rows.view, codes: nil, values: found.values.view)
    }

    override func contextKeyCounts() throws(LogError) -> [(key: [UInt8], rows: Int)] {
        var counts = [Int](repeating: 0, count: self.counts.strings)
        for attribute in 0..<attributeCount { counts[Int(chunk.attributeKeys.elements[attribute])] += 1 }
        let strings = strings
        return counts.indices.filter { counts[$0] > 0 }.map { (Array(strings[$0]), counts[$0]) }
    }
}
