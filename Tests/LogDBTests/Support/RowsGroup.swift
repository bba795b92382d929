import LogModel

@testable import LogDB

/// Rows in memory as the builder of blocks reads them.
final class RowsGroup: RowGroup {
    private let rows: Rows
    private let sequenceNumbers: [Int64]

    init(_ rows: Rows) {
        self.rows = rows
        sequenceNumbers = rows.keys.map { Int64(bitPattern: $0.sequence) }
        super.init(rowCount: rows.count, timeMin: rows.batch.times.min() ?? 0, timeMax: rows.batch.times.max() ?? 0)
    }

    /// Tests keep the rows, and with them the memory, for as long as the group.
    private func view<Element>(_ values: [Element]) -> UnsafeBufferPointer<Element> {
        values.withUnsafeBufferPointer { $0 }
    }

    private func view(_ strings: ByteColumn) -> BytesView {
        BytesView(bytes: UnsafeRawBufferPointer(view(strings.bytes)), ends: view(strings.ends))
    }

    private var strings: BytesView {
        BytesView(bytes: UnsafeRawBufferPointer(view(rows.batch.strings.bytes)), ends: view(rows.batch.strings.ends))
    }

    override func times() throws(LogError) -> UnsafeBufferPointer<Int64> { view(rows.batch.times) }
    override func received() throws(LogError) -> UnsafeBufferPointer<Int64> { view(rows.received) }
    override func sequences() throws(LogError) -> UnsafeBufferPointer<Int64> { view(sequenceNumbers) }
    override func levels() throws(LogError) -> UnsafeBufferPointer<UInt8> { view(rows.batch.levels) }

    override func streams() throws(LogError) -> [StreamRun] {
        rows.keys.enumerated().map {
            StreamRun(device: $0.element.device, session: $0.element.session, rows: $0.offset..<($0.offset + 1))
        }
    }

    override func identifiers(_ column: IdentifierColumn) throws(LogError) -> DictionaryView {
        let codes =
            switch column {
            case .module: rows.batch.modules
            case .logger: rows.batch.loggers
            case .process: rows.batch.processes
            case .thread: rows.batch.threads
            }
        return DictionaryView(codes: view(codes), values: strings)
    }

    override func messages() throws(LogError) -> BytesView { view(rows.batch.messages) }

    override func context() throws(LogError) -> ContextView {
        .rows(
            ends: view(rows.batch.contextEnds), keys: view(rows.batch.contextKeys), keyNames: strings,
            values: view(rows.batch.contextValues))
    }
}

extension MessageCollector {
    mutating func addAll(_ messages: ByteColumn, levels: [UInt8], words: inout WordSet) -> Int {
        let strings = DecodedStrings(messages)
        return levels.withUnsafeBufferPointer { levels in
            withExtendedLifetime(strings) {
                guard let base = levels.baseAddress, messages.count > 0 else { return 0 }
                return add(strings.view, 0..<messages.count, levels: base, words: &words)
            }
        }
    }
}

extension SegmentCensusBuilder {
    mutating func add(_ rows: Rows) {
        var gathered = GatheredRows()
        // Nothing here throws.
        try! gathered.gather(BlockRows(RowsGroup(rows)))
        add(gathered)
    }
}
