import LogModel

/// Encodes rows, sorted by (device, session, time, sequence), as one block, all but their messages: those are encoded once
/// the whole segment's are known, by a `MessageCollector`.
///
/// Columns are read from the groups that the rows come from and written one after the other; a row as such does not exist
/// in between.
struct BlockBuilder: ~Copyable {
    private let level: Int
    private var compressor = ZstdCompressor()
    /// The last block's rows.
    private(set) var gathered = GatheredRows()
    private var identifiers = GatheredIdentifiers()
    private var context = GatheredContext()
    private var terms = ValueTermCollector()

    /// Context keys that get a column of their own; the rarer rest share one, so that entries with ever new keys cost
    /// what their bytes cost and not a column each.
    static let contextColumnCountMax = 128

    /// What a row counts for in `BlockSummary.rawByteCount` beside its text, and an attribute beside its value.
    private static let rowByteCount = 45
    private static let attributeByteCount = 8

    /// - Parameter level: The zstd level of every column.
    init(level: Int) { self.level = level }

    /// Columns of up to so many bytes lie together in one value: a row needs nearly all of them, and finding a value takes
    /// longer than reading such a column. Larger ones do not have to be read for another's sake.
    static let sharedColumnByteCountMax = 16 << 10

    /// One encoded block: its summary and its columns, each with its checksum.
    struct Block {
        /// Without what the messages add.
        var summary: BlockSummary
        /// What is to be stored, under the column's number or that of the columns that lie together.
        fileprivate(set) var values: [(id: ColumnID, bytes: [UInt8])]
    }

    /// - Parameters:
    ///   - rows: At least one.
    ///   - strings: Takes the names that the summary refers to.
    ///   - words: Takes the terms of the index that are values of identifiers and attributes.
    /// - Throws: What reading the groups throws.
    mutating func build(
        _ rows: BlockRows, number: UInt64, strings: inout StringTable, words: inout WordSet
    ) throws(LogError) -> Block {
        try gathered.gather(rows)
        var block = Block(summary: summary(number: number), values: [])
        block.append(.time, integers(gathered.times.view))
        block.append(.received, integers(gathered.received.view))
        block.append(.sequence, integers(gathered.sequences.view))
        block.append(.level, plane(UnsafeRawBufferPointer(gathered.levels.view)))
        block.append(.stream, streams(gathered.runs))
        for column in IdentifierColumn.allCases {
            try identifiers.gather(column, rows)
            if column == .module {
                for (value, count) in identifiers.counts.enumerated() {
                    let module = identifiers.values.withBytes(value) { strings.intern($0) }
                    block.summary.moduleCounts.append((module, count))
                }
            } else {
                terms.collect(identifiers.values, of: column, into: &words)
            }
            block.summary.rawByteCount += identifiers.values.bytes.count
            block.append(column.column, encodedIdentifiers())
        }
        try context.gather(rows, columnCountMax: BlockBuilder.contextColumnCountMax)
        terms.collect(context, into: &words)
        block.summary.rawByteCount +=
            context.byteCount + context.keys.bytes.count
            + context.attributeCount * BlockBuilder.attributeByteCount
        for (index, column) in context.columns.enumerated() {
            let key = context.keys.withBytes(column.key) { strings.intern($0) }
            block.summary.contextKeys.append((key, UInt32(context.rows(of: column).count)))
            block.append(ColumnID(rawValue: ColumnID.firstContext + UInt16(index)), attribute(column))
        }
        if let other = context.other {
            block.summary.otherContextRowCount = other.count
            block.append(.otherContext, otherContext(DecodedStrings(other)))
        }
        block.share()
        return block
    }

    private func summary(number: UInt64) -> BlockSummary {
        let times = gathered.times.view
        let first = gathered.runs[0]
        let last = gathered.runs[gathered.runs.count - 1]
        var timeMin = times[0]
        var timeMax = times[0]
        for time in times {
            timeMin = min(timeMin, time)
            timeMax = max(timeMax, time)
        }
        let day = Int32(truncatingIfNeeded: Timestamp(microseconds: times[0]).day)
        var levelCounts = [UInt32](repeating: 0, count: Level.allCases.count)
        for level in gathered.levels.view { levelCounts[Int(level)] += 1 }
        return BlockSummary(
            key: BlockKey(day: day, device: first.device, session: first.session, time: times[0], number: number),
            lastDevice: last.device, lastSession: last.session, rowCount: times.count, timeMin: timeMin,
            timeMax: timeMax, levelCounts: levelCounts, moduleCounts: [], contextKeys: [], otherContextRowCount: 0,
            columns: [], rawByteCount: times.count * BlockBuilder.rowByteCount)
    }

    // MARK: Columns

    private mutating func integers(_ values: UnsafeBufferPointer<Int64>) -> ByteWriter {
        var writer = ByteWriter()
        IntegerColumn.encode(values, level: level, compressor: &compressor, into: &writer)
        return writer
    }

    private mutating func plane(_ bytes: UnsafeRawBufferPointer) -> ByteWriter {
        var writer = ByteWriter()
        PackedBytes.encodePlane(bytes, level: level, compressor: &compressor, into: &writer)
        return writer
    }

    private mutating func otherContext(_ strings: DecodedStrings) -> ByteWriter {
        var writer = ByteWriter()
        StringColumn.encode(strings.view, level: level, compressor: &compressor, into: &writer)
        return writer
    }

    /// Run count varint, then per run: device varint, session varint, rows varint.
    private func streams(_ runs: [StreamRun]) -> ByteWriter {
        var writer = ByteWriter()
        writer.varint(runs.count)
        for run in runs {
            writer.varint(run.device)
            writer.varint(run.session)
            writer.varint(run.rows.count)
        }
        return writer
    }

    /// Value count varint, the values as a string column, the codes.
    private mutating func encodedIdentifiers() -> ByteWriter {
        var writer = ByteWriter()
        writer.varint(identifiers.values.count)
        identifiers.values.withView {
            StringColumn.encode($0, level: level, compressor: &compressor, into: &writer)
        }
        CodeColumn.encode(
            identifiers.codes.view, valueCount: identifiers.values.count, level: level, compressor: &compressor,
            into: &writer)
        return writer
    }

    /// Row count varint; where not all rows have a value, a packed bitmap of those that do; the values.
    private mutating func attribute(_ column: GatheredContext.Column) -> ByteWriter {
        var writer = ByteWriter()
        let rows = context.rows(of: column)
        let rowCount = gathered.count
        writer.varint(rows.count)
        if rows.count < rowCount {
            var bitmap = [UInt8](repeating: 0, count: (rowCount + 7) / 8)
            for row in rows { bitmap[Int(row >> 3)] |= 1 << UInt8(row & 7) }
            bitmap.withUnsafeBytes {
                PackedBytes.encode($0, level: level, compressor: &compressor, into: &writer)
            }
        }
        ValueColumn.encode(context.values(of: column), level: level, compressor: &compressor, into: &writer)
        return writer
    }
}

extension BlockBuilder.Block {
    fileprivate mutating func append(_ id: ColumnID, _ writer: consuming ByteWriter) {
        var bytes = writer.bytes
        Checksummed.seal(&bytes)
        values.append((id, bytes))
    }

    /// Puts the small columns into one value. To be called after the last column.
    fileprivate mutating func share() {
        var shared: [UInt8] = []
        var others: [(id: ColumnID, bytes: [UInt8])] = []
        for (id, bytes) in values {
            if bytes.count <= BlockBuilder.sharedColumnByteCountMax {
                shared += bytes
                summary.columns.append((id, UInt32(bytes.count)))
            } else {
                others.append((id, bytes))
            }
        }
        summary.sharedColumnCount = summary.columns.count
        for (id, bytes) in others { summary.columns.append((id, UInt32(bytes.count))) }
        values = [(.shared, shared)] + others
    }
}
