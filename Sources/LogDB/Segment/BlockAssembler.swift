import LogModel

/// Gathers sorted rows from several groups into blocks of the configured size and hands them to a segment's writer.
///
/// A block ends where a session does, unless it is still small: then what is known of a block says when its session was, and
/// a question for an hour or a session leaves the others unread.
struct BlockAssembler {
    private let writer: SegmentWriter
    private let rowCountMax: Int
    /// Rows from which a block ends with its session.
    private let rowCountMin: Int
    private let byteCountMax: Int
    private var rows = BlockRows()
    /// Of the rows' text.
    private var byteCount = 0
    private var sessionBlockCount = 0
    /// Of the last row.
    private var stream: ResolvedStream?

    /// - Parameters:
    ///   - rowCount: All rows that will be appended.
    ///   - byteCount: Their bytes of text.
    init(_ writer: SegmentWriter, options: Options, rowCount: UInt64, byteCount: UInt64) {
        self.writer = writer
        (rowCountMax, byteCountMax) = BlockAssembler.blockSize(
            options: options, rowCount: rowCount, byteCount: byteCount)
        rowCountMin = max(rowCountMax / BlockAssembler.sessionBlockShare, 1)
    }

    /// A block that ends with its session has at least one n-th of a block's rows.
    private static let sessionBlockShare = 4
    /// Blocks of a segment that end with their session; then the number of blocks is used up.
    static let sessionBlockCountMax = WordIndexPage.blockCountMax / 2 - 2

    /// The rows and the bytes of a block: what the options say, and more for a segment that would otherwise have more blocks
    /// than its index can number.
    static func blockSize(options: Options, rowCount: UInt64, byteCount: UInt64) -> (rows: Int, bytes: Int) {
        // Blocks end by their rows or by their bytes, so that there are at most twice as many, those that end with their
        // session, and the last.
        let blockCountMax = UInt64(WordIndexPage.blockCountMax / 4)
        return (
            max(options.blockRowCountMax, Int(rowCount / blockCountMax) + 1),
            max(options.blockByteCountMax, Int(byteCount / blockCountMax) + 1)
        )
    }

    /// Appends consecutive rows of `group`, all of one stream.
    mutating func append(
        _ groupRows: Range<Int>, of group: RowGroup, stream: ResolvedStream
    ) throws(LogError) {
        if stream != self.stream {
            if rows.count >= rowCountMin, sessionBlockCount < BlockAssembler.sessionBlockCountMax {
                sessionBlockCount += 1
                try finish()
            }
            self.stream = stream
        }
        var start = groupRows.lowerBound
        while start < groupRows.upperBound {
            if rows.count >= rowCountMax || byteCount >= byteCountMax { try finish() }
            let end = start + min(rowCountMax - rows.count, groupRows.upperBound - start)
            let textStart = start == 0 ? 0 : try group.textEnd(of: start - 1)
            let count = try BlockAssembler.count(start..<end, of: group, before: textStart + byteCountMax - byteCount)
            rows.append(start..<(start + count), of: group)
            byteCount += try group.textEnd(of: start + count - 1) - textStart
            start += count
        }
    }

    /// How many of the rows have their text before `textEnd`: one at least, so that a long entry has its place.
    private static func count(
        _ rows: Range<Int>, of group: RowGroup, before textEnd: Int
    ) throws(LogError) -> Int {
        if try group.textEnd(of: rows.upperBound - 1) <= textEnd { return rows.count }
        var low = 1
        var high = rows.count
        while low < high {
            let middle = (low + high + 1) / 2
            if try group.textEnd(of: rows.lowerBound + middle - 1) <= textEnd {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return low
    }

    /// Writes the block that has been begun, if any.
    mutating func finish() throws(LogError) {
        guard !rows.isEmpty else { return }
        try writer.add(rows)
        rows = BlockRows()
        byteCount = 0
    }
}
