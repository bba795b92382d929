import LogModel

/// Gathers sorted rows from several groups into blocks of the configured size and hands them to a segment's writer.
struct BlockAssembler {
    private let writer: SegmentWriter
    private let rowCountMax: Int
    private let byteCountMax: Int
    /// Rows that are appended before the block's bytes are looked at again, where messages are of the usual size.
    private static let stepRowCountMax = 64
    private var rows = Rows()
    /// One for each group that the block has rows of, by the group's index.
    private var extractors: [Int: RowExtractor] = [:]

    /// - Parameters:
    ///   - rowCount: All rows that will be appended.
    ///   - byteCount: Their bytes of text.
    init(_ writer: SegmentWriter, options: Options, rowCount: UInt64, byteCount: UInt64) {
        self.writer = writer
        (rowCountMax, byteCountMax) = BlockAssembler.blockSize(
            options: options, rowCount: rowCount, byteCount: byteCount)
    }

    /// The rows and the bytes of a block: what the options say, and more for a segment that would otherwise have more blocks
    /// than its index can number.
    static func blockSize(options: Options, rowCount: UInt64, byteCount: UInt64) -> (rows: Int, bytes: Int) {
        // Blocks end by their rows or by their bytes, so that there are at most twice as many, and the last.
        let blockCountMax = UInt64(WordIndexPage.blockCountMax / 4)
        return (
            max(options.blockRowCountMax, Int(rowCount / blockCountMax) + 1),
            max(options.blockByteCountMax, Int(byteCount / blockCountMax) + 1)
        )
    }

    /// Appends rows of `group`.
    ///
    /// - Parameter index: Tells the group from the others; a group keeps its index.
    mutating func append(_ groupRows: [Int], of group: RowGroup, index: Int) throws(LogError) {
        let step = max(
            1, min(BlockAssembler.stepRowCountMax, byteCountMax / 16 / max(group.messageByteCountMean, 1)))
        var rest = groupRows[...]
        while !rest.isEmpty {
            let byteCount = rows.batch.messages.bytes.count + rows.batch.contextValues.bytes.count
            if rows.count >= rowCountMax || byteCount >= byteCountMax { try finish() }
            if extractors[index] == nil { extractors[index] = try RowExtractor(group, names: nil) }
            let part = rest.prefix(min(rowCountMax - rows.count, step))
            try extractors[index]!.append(part, to: &rows)
            rest = rest.dropFirst(part.count)
        }
    }

    /// Forgets the group, which is about to go.
    mutating func release(index: Int) { extractors[index] = nil }

    /// Writes the block that has been begun, if any.
    mutating func finish() throws(LogError) {
        guard !rows.isEmpty else { return }
        try writer.add(rows)
        rows = Rows()
        extractors.removeAll(keepingCapacity: true)
    }
}
