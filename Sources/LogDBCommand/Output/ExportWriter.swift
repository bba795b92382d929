import LogDB
import LogModel

/// Writes an export as the server's does, row by row, so that it may have any size.
struct ExportWriter {
    static let entryColumns = [
        "id", "time", "received", "device", "session", "level", "module", "logger", "process", "thread", "message",
        "context",
    ]

    private let format: ExportFormat
    private let output: Output
    private var entries = EntryJSONWriter()
    private var csv = CSVWriter()
    private var columns: [String] = []
    private(set) var hasRows = false

    init(_ format: ExportFormat, output: Output) {
        self.format = format
        self.output = output
    }

    mutating func start(columns: [String]) throws {
        self.columns = columns
        switch format {
        case .ndjson: break
        case .json: try output.write("[")
        case .csv: try csv.write([], columns: columns, to: output)
        }
    }

    /// Entries with all their fields.
    mutating func write(_ rows: Rows) throws {
        for index in 0..<rows.count {
            if format == .csv {
                try write([AnswerRow(rows, index, columns: nil)])
                continue
            }
            try separate()
            let id = rows.keys[index].id
            let received = Timestamp(microseconds: rows.received[index])
            try output.append { entries.append(index, of: rows.batch, id: id, received: received, to: &$0) }
            if format == .ndjson { try output.write("\n") }
        }
    }

    mutating func write(_ rows: [AnswerRow]) throws {
        for row in rows {
            try separate()
            switch format {
            case .csv: try csv.write([row], columns: columns, to: output)
            case .ndjson:
                try output.append { row.appendJSON(to: &$0) }
                try output.write("\n")
            case .json: try output.append { row.appendJSON(to: &$0) }
            }
        }
    }

    mutating func finish() throws {
        if format == .json { try output.write("\n]\n") }
        try output.flush()
    }

    private mutating func separate() throws {
        if format == .json { try output.write(hasRows ? ",\n" : "\n") }
        hasRows = true
    }
}
