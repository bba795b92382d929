import LogModel

/// The manifest's record of one segment: blocks of one day that were written together, with one index over them.
///
/// Encoded field by field in the order below, numbers as varints, checksummed.
struct SegmentRecord: Sendable, Equatable {
    enum State: UInt8, Sendable {
        /// Being written. Found on open: a merge that did not end; its blocks are removed.
        case building = 0
        case live = 1
        /// Replaced or expired. Its blocks are removed once no scan reads them.
        case retired = 2
    }

    var id: UInt64
    var state: State
    var day: Int32
    /// Block numbers that belong to the segment, used or not.
    var blockNumbers: Range<UInt64>
    var blockCount = 0
    var rowCount: UInt64 = 0
    var timeMin = Int64.max
    var timeMax = Int64.min
    var levelCounts = [UInt64](repeating: 0, count: Level.allCases.count)
    /// Stored bytes of each column, by `ColumnID`; context columns together under `ColumnID.firstContext`.
    var columnByteCounts: [UInt16: UInt64] = [:]
    /// Bytes of text and numbers in the rows, before encoding.
    var rawByteCount: UInt64 = 0
    var directoryByteCount: UInt64 = 0
    var templateByteCount: UInt64 = 0
    var censusByteCount: UInt64 = 0
    var postingPageCount: UInt32 = 0
    var postingByteCount: UInt64 = 0
    /// The object in the cold tier that holds the columns; nil while the hot store does.
    var coldKey: String?
    /// The object's bytes.
    var coldByteCount: UInt64 = 0
    /// When the last of its entries was received, in microseconds since the epoch; 0 where that was not noted.
    var receivedMax: Int64 = 0

    /// Stored bytes of columns, directory, templates, census and index.
    var byteCount: UInt64 {
        columnByteCounts.values.reduce(0, +) + directoryByteCount + templateByteCount + censusByteCount
            + postingByteCount
    }

    func overlaps(_ range: TimeRange) -> Bool {
        timeMax >= range.since.microseconds && timeMin < range.until.microseconds
    }

    func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(id)
        writer.byte(state.rawValue)
        writer.signedVarint(Int64(day))
        writer.varint(blockNumbers.lowerBound)
        writer.varint(blockNumbers.upperBound)
        writer.varint(blockCount)
        writer.varint(rowCount)
        writer.signedVarint(timeMin)
        writer.signedVarint(timeMax)
        for count in levelCounts { writer.varint(count) }
        writer.varint(columnByteCounts.count)
        for (column, byteCount) in columnByteCounts.sorted(by: { $0.key < $1.key }) {
            writer.varint(column)
            writer.varint(byteCount)
        }
        writer.varint(rawByteCount)
        writer.varint(directoryByteCount)
        writer.varint(templateByteCount)
        writer.varint(censusByteCount)
        writer.varint(postingPageCount)
        writer.varint(postingByteCount)
        writer.signedVarint(receivedMax)
        writer.text(coldKey ?? "")
        writer.varint(coldByteCount)
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    static func decode(_ bytes: UnsafeRawBufferPointer, location: String) throws(LogError) -> SegmentRecord {
        var reader = ByteReader(try Checksummed.open(bytes, location: location), location: location)
        let id = try reader.varint()
        guard let state = State(rawValue: try reader.byte()) else { throw reader.damaged("unknown segment state") }
        let day = Int32(truncatingIfNeeded: try reader.signedVarint())
        let firstBlock = try reader.varint()
        let endBlock = try reader.varint()
        guard firstBlock <= endBlock else { throw reader.damaged("block numbers out of order") }
        var record = SegmentRecord(id: id, state: state, day: day, blockNumbers: firstBlock..<endBlock)
        record.blockCount = try reader.count(max: 1 << 32)
        record.rowCount = try reader.varint()
        record.timeMin = try reader.signedVarint()
        record.timeMax = try reader.signedVarint()
        for level in record.levelCounts.indices { record.levelCounts[level] = try reader.varint() }
        for _ in 0..<(try reader.count(max: 1 << 16)) {
            let column = UInt16(truncatingIfNeeded: try reader.varint())
            record.columnByteCounts[column] = try reader.varint()
        }
        record.rawByteCount = try reader.varint()
        record.directoryByteCount = try reader.varint()
        record.templateByteCount = try reader.varint()
        record.censusByteCount = try reader.varint()
        record.postingPageCount = UInt32(truncatingIfNeeded: try reader.varint())
        record.postingByteCount = try reader.varint()
        // Up to format 4 a record ended here.
        guard !reader.isAtEnd else { return record }
        record.receivedMax = try reader.signedVarint()
        let coldKey = try reader.text()
        record.coldKey = coldKey.isEmpty ? nil : coldKey
        record.coldByteCount = try reader.varint()
        return record
    }
}
