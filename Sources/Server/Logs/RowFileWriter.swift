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
}

/// Writes the rows of a table as a file of any size, a piece at a time.
struct TableFileWriter {
    private let format: RowFileWriter.Format
    private let columns: [String]
    private var isBegun = false
    private var isFirst = true

    init(_ format: RowFileWriter.Format, columns: [String]) {
        self.format = format
        self.columns = columns
    }

    mutating func piece(_ rows: [[Value]]) -> [UInt8] {
        var bytes: [UInt8] = []
        begin(&bytes)
        for row in rows {
            if format == .csv {
                CSVRowWriter.append(row, to: &bytes)
                continue
            }
            if format == .json { bytes.append(contentsOf: (isFirst ? "\n" : ",\n").utf8) }
            isFirst = false
            var json = JSONOutput()
            json.row(row, columns)
            bytes += json.bytes
            if format == .lines { bytes.append(UInt8(ascii: "\n")) }
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

    private mutating func begin(_ bytes: inout [UInt8]) {
        if isBegun { return }
        isBegun = true
        switch format {
        case .csv: CSVRowWriter.appendHeader(columns, to: &bytes)
        case .json: bytes.append(UInt8(ascii: "["))
        case .lines: break
        }
    }
}
