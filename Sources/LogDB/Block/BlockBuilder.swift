import LogModel

/// Encodes rows, sorted by (device, session, time, sequence), as one block, all but their messages: those are encoded once
/// the whole segment's are known, by a `MessageCollector`.
struct BlockBuilder: ~Copyable {
    private let level: Int
    private var compressor = ZstdCompressor()

    /// Context keys that get a column of their own; the rarer rest share one, so that entries with ever new keys cost
    /// what their bytes cost and not a column each.
    static let contextColumnCountMax = 128

    /// - Parameter level: The zstd level of every column.
    init(level: Int) { self.level = level }

    /// One encoded block: its summary and its columns, checksummed.
    struct Block {
        var summary: BlockSummary
        var columns: [(id: ColumnID, bytes: [UInt8])]
    }

    /// - Parameters:
    ///   - rows: At least one.
    ///   - strings: Takes the names that the summary refers to.
    mutating func build(_ rows: Rows, number: UInt64, strings: inout StringTable) -> Block {
        let batch = rows.batch
        let first = rows.keys[0]
        let last = rows.keys[rows.count - 1]
        var timeMin = first.time
        var timeMax = first.time
        for time in batch.times {
            timeMin = min(timeMin, time)
            timeMax = max(timeMax, time)
        }
        let day = Int32(truncatingIfNeeded: Timestamp(microseconds: first.time).day)
        var summary = BlockSummary(
            key: BlockKey(
                day: day, device: first.device, session: first.session, time: first.time, number: number),
            lastDevice: last.device, lastSession: last.session, rowCount: rows.count, timeMin: timeMin,
            timeMax: timeMax, levelCounts: [UInt32](repeating: 0, count: Level.allCases.count), moduleCounts: [],
            contextKeys: [], otherContextRowCount: 0, columns: [], rawByteCount: batch.byteCount)
        for level in batch.levels { summary.levelCounts[Int(level)] += 1 }

        var columns: [(id: ColumnID, bytes: [UInt8])] = []
        func finish(_ id: ColumnID, _ writer: consuming ByteWriter) {
            var bytes = writer.bytes
            Checksummed.seal(&bytes)
            summary.columns.append((id, UInt32(bytes.count)))
            columns.append((id, bytes))
        }

        finish(.time, integers(batch.times))
        finish(.received, integers(rows.received))
        finish(.sequence, integers(rows.keys.map { Int64(bitPattern: $0.sequence) }))
        finish(.level, packed(batch.levels))
        finish(.stream, streams(rows.keys))
        for (column, codes) in [
            (IdentifierColumn.module, batch.modules), (.logger, batch.loggers), (.process, batch.processes),
            (.thread, batch.threads),
        ] {
            let dictionary = Dictionary(codes, of: batch.strings)
            if column == .module {
                for (value, count) in zip(dictionary.values, dictionary.counts) {
                    let module = batch.strings.withBytes(Int(value)) { strings.intern($0) }
                    summary.moduleCounts.append((module, count))
                }
            }
            finish(column.column, self.identifiers(dictionary, strings: batch.strings))
        }
        let context = ContextColumns(batch, columnCountMax: BlockBuilder.contextColumnCountMax)
        for (index, column) in context.columns.enumerated() {
            let key = batch.strings.withBytes(Int(column.key)) { strings.intern($0) }
            summary.contextKeys.append((key, UInt32(column.rows.count)))
            finish(
                ColumnID(rawValue: ColumnID.firstContext + UInt16(index)), attribute(column, rowCount: rows.count))
        }
        if let other = context.other {
            summary.otherContextRowCount = other.ends.count
            finish(.otherContext, self.strings(other))
        }
        return Block(summary: summary, columns: columns)
    }

    private mutating func integers(_ values: [Int64]) -> ByteWriter {
        var writer = ByteWriter()
        IntegerColumn.encode(values, level: level, compressor: &compressor, into: &writer)
        return writer
    }

    private mutating func packed(_ bytes: [UInt8]) -> ByteWriter {
        var writer = ByteWriter()
        PackedBytes.encode(bytes, level: level, compressor: &compressor, into: &writer)
        return writer
    }

    private mutating func strings(_ strings: ByteColumn) -> ByteWriter {
        var writer = ByteWriter()
        StringColumn.encode(strings, level: level, compressor: &compressor, into: &writer)
        return writer
    }

    /// Run count varint, then per run: device varint, session varint, rows varint.
    private func streams(_ keys: [EntryKey]) -> ByteWriter {
        var runs: [(device: UInt32, session: UInt64, rows: Int)] = []
        for key in keys {
            if let last = runs.last, last.device == key.device, last.session == key.session {
                runs[runs.count - 1].rows += 1
            } else {
                runs.append((key.device, key.session, 1))
            }
        }
        var writer = ByteWriter()
        writer.varint(runs.count)
        for run in runs {
            writer.varint(run.device)
            writer.varint(run.session)
            writer.varint(run.rows)
        }
        return writer
    }

    /// Value count varint, the values as a string column, the codes.
    private mutating func identifiers(_ dictionary: borrowing Dictionary, strings: StringTable) -> ByteWriter {
        var values = ByteColumn()
        for value in dictionary.values { strings.withBytes(Int(value)) { values.append($0) } }
        var writer = ByteWriter()
        writer.varint(values.count)
        StringColumn.encode(values, level: level, compressor: &compressor, into: &writer)
        CodeColumn.encode(
            dictionary.codes, valueCount: values.count, level: level, compressor: &compressor, into: &writer)
        return writer
    }

    /// Row count varint; where not all rows have a value, a packed bitmap of those that do; the values.
    private mutating func attribute(_ column: ContextColumns.Column, rowCount: Int) -> ByteWriter {
        var writer = ByteWriter()
        writer.varint(column.rows.count)
        if column.rows.count < rowCount {
            var bitmap = [UInt8](repeating: 0, count: (rowCount + 7) / 8)
            for row in column.rows { bitmap[Int(row >> 3)] |= 1 << UInt8(row & 7) }
            PackedBytes.encode(bitmap, level: level, compressor: &compressor, into: &writer)
        }
        ValueColumn.encode(column.values, level: level, compressor: &compressor, into: &writer)
        return writer
    }

    /// The distinct values among a batch's codes, in the order they first occur, and each row's position among them.
    private struct Dictionary {
        var values: [UInt32] = []
        var counts: [UInt32] = []
        var codes: [UInt32] = []

        init(_ strings: [UInt32], of table: StringTable) {
            let unset = UInt32.max
            var codeOfString = [UInt32](repeating: unset, count: table.count)
            codes.reserveCapacity(strings.count)
            for string in strings {
                var code = codeOfString[Int(string)]
                if code == unset {
                    code = UInt32(values.count)
                    codeOfString[Int(string)] = code
                    values.append(string)
                    counts.append(0)
                }
                counts[Int(code)] += 1
                codes.append(code)
            }
        }
    }
}
