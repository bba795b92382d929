import LogDB
import LogModel

/// `sort`, `limit`, `tail` and `fields` on the rows of a table, and its pages.
enum TableStages {
    static func apply(_ stage: TableStage, _ rows: inout [[Value]], _ columns: inout [TableColumn]) {
        switch stage {
        case .limit(let count): rows = Array(rows.prefix(count))
        case .tail(let count): rows = Array(rows.suffix(count))
        case .sort(let keys): sort(&rows, by: keys, columns)
        case .columns(let kept):
            columns = kept.map { columns[$0] }
            rows = rows.map { row in kept.map { row[$0] } }
        }
    }

    /// Rows that are equal in all keys keep their order.
    static func sort(_ rows: inout [[Value]], by keys: [TableSortKey], _ columns: [TableColumn]) {
        let values = rows.map { row in keys.map { sortValue(row[$0.column], columns[$0.column]) } }
        let order = rows.indices.sorted { left, right in
            for (index, key) in keys.enumerated() {
                let order = SortValue.compare(
                    values[left][index], values[right][index], isDescending: key.isDescending)
                if order != 0 { return order < 0 }
            }
            return left < right
        }
        rows = order.map { rows[$0] }
    }

    private static func sortValue(_ value: Value, _ column: TableColumn) -> SortValue {
        if column.isLevel, case .text(let bytes) = value,
            let level = bytes.withUnsafeBytes({ Level(name: $0) })
        {
            return .integer(Int64(level.rawValue))
        }
        return SortValue(value)
    }

    /// Cuts the page that the query asks for out of the answer.
    static func page(_ answer: inout TableAnswer, _ query: LogQuery) {
        guard let rowLimit = query.context.rowLimit else { return }
        var start = 0
        if case .row(let row) = query.context.cursor?.position { start = min(row, answer.rows.count) }
        let end = min(answer.rows.count, start.saturating(adding: rowLimit))
        if end < answer.rows.count {
            answer.nextCursor = Cursor(
                range: query.range, order: query.context.order, queryHash: query.hash, position: .row(end))
        }
        answer.rows = Array(answer.rows[start..<end])
    }
}

extension ScanStatistics {
    /// Adds what another scan of the same query did.
    mutating func add(_ other: ScanStatistics) {
        blocksTotal += other.blocksTotal
        blocksPrunedByTime += other.blocksPrunedByTime
        blocksPrunedByStream += other.blocksPrunedByStream
        blocksPrunedByLevel += other.blocksPrunedByLevel
        blocksPrunedByIndex += other.blocksPrunedByIndex
        blocksRead += other.blocksRead
        blocksAnsweredByMetadata += other.blocksAnsweredByMetadata
        rowsScanned += other.rowsScanned
        rowsMatched += other.rowsMatched
        bytesDecompressed += other.bytesDecompressed
        bytesFetched += other.bytesFetched
        blocksDamaged += other.blocksDamaged
    }
}
