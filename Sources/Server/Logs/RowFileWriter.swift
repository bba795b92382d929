import LogDB
import LogModel
import Query

/// Writes rows as a file of any size, a piece at a time.
struct RowFileWriter {
    enum Format: Sendable {
        case csv
        case json
        /// NDJSON.
        case lines

        var mediaType: String {
            switch self {
            case .csv: "text/csv; charset=utf-8; header=present"
            case .json: "application/json"
            case .lines: "application/x-ndjson"
            }
        }

        var fileExtension: String {
            switch self {
            case .csv: "csv"
            case .json: "json"
            case .lines: "ndjson"
            }
        }
    }

    private let format: Format
    private let columns: [Field]?
    private var rows: RowWriter
    private var csv: CSVRowWriter
    private var isFirst = true

    init(_ format: Format, columns: [Field]?) {
        self.format = format
        self.columns = columns
        rows = RowWriter(columns: columns)
        csv = CSVRowWriter(columns: columns)
    }

    mutating func piece(_ found: Rows) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(found.batch.byteCount * 2)
        begin(&bytes)
        for index in 0..<found.count {
            switch format {
            case .csv: csv.append(index, of: found, to: &bytes)
            case .lines:
                rows.append(index, of: found, to: &bytes)
                bytes.append(UInt8(ascii: "\n"))
            case .json:
                bytes.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
                rows.append(index, of: found, to: &bytes)
            }
            isFirst = false
        }
        return bytes
    }

    /// What comes after the last row.
    mutating func end() -> [UInt8] {
        var bytes: [UInt8] = []
        begin(&bytes)
        if format == .json { bytes.append(contentsOf: "\n]\n".utf8) }
        return bytes
    }

    private var isBegun = false

    private mutating func begin(_ bytes: inout [UInt8]) {
        if isBegun { return }
        isBegun = true
        switch format {
        case .csv: csv.appendHeader(to: &bytes)
        case .json: bytes.append(UInt8(ascii: "["))
        case .lines: break
        }
    }

    /// A table, whole.
    static func table(_ table: TableAnswer, _ format: Format) -> [UInt8] {
        if format == .csv { return CSVRowWriter.table(table) }
        var bytes: [UInt8] = format == .json ? [UInt8(ascii: "[")] : []
        for (position, row) in table.rows.enumerated() {
            if format == .json { bytes.append(contentsOf: (position == 0 ? "\n" : ",\n").utf8) }
            var json = JSONOutput()
            json.row(row, table.columns)
            bytes += json.bytes
            if format == .lines { bytes.append(UInt8(ascii: "\n")) }
        }
        if format == .json { bytes.append(contentsOf: "\n]\n".utf8) }
        return bytes
    }
}
