import LogModel

/// What is known of a block without reading a column of it. Scans prune by it, and counts over whole blocks come from it.
struct BlockSummary: Sendable {
    var key: BlockKey
    /// The stream of the last row; rows are ordered by (device, session, time), so all streams lie between.
    var lastDevice: UInt32
    var lastSession: UInt64
    var rowCount: Int
    var timeMin: Int64
    var timeMax: Int64
    /// Rows of each level, by raw value.
    var levelCounts: [UInt32]
    /// Rows of each module, by its number in the directory's strings.
    var moduleCounts: [(module: UInt32, rows: UInt32)]
    /// Context keys that have a column of their own: the key's number in the directory's strings, and how many rows have
    /// a value. The n-th one's column is `ColumnID.firstContext + n`.
    var contextKeys: [(key: UInt32, rows: UInt32)]
    /// Rows with attributes in the column of other keys.
    var otherContextRowCount: Int
    /// The stored size of each column, in bytes.
    var columns: [(id: ColumnID, byteCount: UInt32)]
    /// So many of `columns`, the first ones, lie together in one value, in their order.
    var sharedColumnCount = 0
    /// Bytes of text and numbers in the rows, before encoding.
    var rawByteCount: Int

    var byteCount: Int { columns.reduce(0) { $0 + Int($1.byteCount) } }

    /// Bytes of the columns that lie together.
    var sharedByteCount: Int { columns.prefix(sharedColumnCount).reduce(0) { $0 + Int($1.byteCount) } }

    /// Where the column lies among those that lie together; nil when it has a value of its own.
    func sharedRange(of id: ColumnID) -> Range<Int>? {
        var start = 0
        for index in 0..<sharedColumnCount {
            let end = start + Int(columns[index].byteCount)
            if columns[index].id == id { return start..<end }
            start = end
        }
        return nil
    }

    /// The keys of all values that the block is stored as.
    var storedKeys: [[UInt8]] {
        var ids = columns.dropFirst(sharedColumnCount).map(\.id)
        if sharedColumnCount > 0 { ids.append(.shared) }
        return ids.map { KeyLayout.column(key, $0.rawValue) }
    }

    func overlaps(_ range: TimeRange) -> Bool {
        timeMax >= range.since.microseconds && timeMin < range.until.microseconds
    }

    func isWithin(_ range: TimeRange) -> Bool {
        timeMin >= range.since.microseconds && timeMax < range.until.microseconds
    }
}

/// The blocks of one segment and the strings that their summaries share.
///
///     string count varint | strings… | block count varint | blocks… | shared column count varint… | crc32c u32
///
/// Written by `encode` below, field by field in the order of `BlockSummary`. The counts of shared columns, one a block, came
/// with version 4; without them no columns lie together.
struct SegmentDirectory: Sendable {
    var strings: StringTable
    var blocks: [BlockSummary]

    /// A bound that no sound directory reaches, so that a damaged count takes no memory.
    private static let countMax = 1 << 24
    /// Bytes of a block's rows. Columns place their strings with 32 bits.
    private static let rawByteCountMax = Int(UInt32.max)

    func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(strings.count)
        for index in 0..<strings.count { writer.string(strings[index]) }
        writer.varint(blocks.count)
        for block in blocks {
            writer.signedVarint(Int64(block.key.day))
            writer.varint(block.key.device)
            writer.varint(block.key.session)
            writer.signedVarint(block.key.time)
            writer.varint(block.key.number)
            writer.varint(block.lastDevice)
            writer.varint(block.lastSession)
            writer.varint(block.rowCount)
            writer.signedVarint(block.timeMin)
            writer.signedVarint(block.timeMax)
            for count in block.levelCounts { writer.varint(count) }
            writer.varint(block.moduleCounts.count)
            for (module, rows) in block.moduleCounts {
                writer.varint(module)
                writer.varint(rows)
            }
            writer.varint(block.contextKeys.count)
            for (key, rows) in block.contextKeys {
                writer.varint(key)
                writer.varint(rows)
            }
            writer.varint(block.otherContextRowCount)
            writer.varint(block.columns.count)
            for (id, byteCount) in block.columns {
                writer.varint(id.rawValue)
                writer.varint(byteCount)
            }
            writer.varint(block.rawByteCount)
        }
        for block in blocks { writer.varint(block.sharedColumnCount) }
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    static func decode(_ bytes: UnsafeRawBufferPointer, segment: UInt64) throws(LogError) -> SegmentDirectory {
        let location = "directory of segment \(segment)"
        var reader = ByteReader(try Checksummed.open(bytes, location: location), location: location)
        var strings = StringTable()
        for _ in 0..<(try reader.count(max: countMax)) {
            _ = strings.intern(try reader.raw(try reader.count(max: reader.remaining)))
        }
        func string(_ value: UInt64, _ reader: ByteReader) throws(LogError) -> UInt32 {
            guard value < UInt64(strings.count) else { throw reader.damaged("a string number out of bounds") }
            return UInt32(value)
        }
        var blocks: [BlockSummary] = []
        for _ in 0..<(try reader.count(max: countMax)) {
            let key = BlockKey(
                day: Int32(truncatingIfNeeded: try reader.signedVarint()),
                device: UInt32(truncatingIfNeeded: try reader.varint()), session: try reader.varint(),
                time: try reader.signedVarint(), number: try reader.varint())
            var block = BlockSummary(
                key: key, lastDevice: UInt32(truncatingIfNeeded: try reader.varint()),
                lastSession: try reader.varint(), rowCount: try reader.count(max: countMax),
                timeMin: try reader.signedVarint(), timeMax: try reader.signedVarint(), levelCounts: [],
                moduleCounts: [], contextKeys: [], otherContextRowCount: 0, columns: [], rawByteCount: 0)
            for _ in Level.allCases { block.levelCounts.append(UInt32(truncatingIfNeeded: try reader.varint())) }
            for _ in 0..<(try reader.count(max: countMax)) {
                let module = try string(try reader.varint(), reader)
                block.moduleCounts.append((module, UInt32(truncatingIfNeeded: try reader.varint())))
            }
            for _ in 0..<(try reader.count(max: countMax)) {
                let key = try string(try reader.varint(), reader)
                block.contextKeys.append((key, UInt32(truncatingIfNeeded: try reader.varint())))
            }
            block.otherContextRowCount = try reader.count(max: countMax)
            for _ in 0..<(try reader.count(max: countMax)) {
                let id = ColumnID(rawValue: UInt16(truncatingIfNeeded: try reader.varint()))
                block.columns.append((id, UInt32(truncatingIfNeeded: try reader.varint())))
            }
            block.rawByteCount = try reader.count(max: rawByteCountMax)
            guard block.rowCount > 0 else { throw reader.damaged("a block without rows") }
            blocks.append(block)
        }
        if !reader.isAtEnd {
            for index in blocks.indices {
                blocks[index].sharedColumnCount = try reader.count(max: blocks[index].columns.count)
            }
        }
        return SegmentDirectory(strings: strings, blocks: blocks)
    }
}
