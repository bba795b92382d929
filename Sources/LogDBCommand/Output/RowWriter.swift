import LogModel

/// How `query` shows what it found.
enum OutputFormat: String, CaseIterable, Sendable {
    case table, raw, ndjson, csv
}

/// Shows the rows of one answer, page by page, in one form.
protocol RowWriter {
    /// - Parameter columns: The answer's columns, where it has some of its own.
    mutating func write(_ rows: [AnswerRow], columns: [String]?, to output: Output) throws
}

extension OutputFormat {
    func writer(style: Style, isTerminal: Bool) -> any RowWriter {
        switch self {
        case .table: TableWriter(style: style, isTerminal: isTerminal)
        case .raw: RawWriter(isTerminal: isTerminal)
        case .ndjson: NDJSONWriter()
        case .csv: CSVWriter()
        }
    }
}

/// A JSON object a line.
struct NDJSONWriter: RowWriter {
    func write(_ rows: [AnswerRow], columns: [String]?, to output: Output) throws {
        for row in rows {
            try output.append { bytes in
                row.appendJSON(to: &bytes)
                bytes.append(UInt8(ascii: "\n"))
            }
        }
    }
}

/// A header, then a record a row (RFC 4180), with cells that a spreadsheet would run neutralised.
struct CSVWriter: RowWriter {
    private var columns: [String]?

    init() {}

    mutating func write(_ rows: [AnswerRow], columns: [String]?, to output: Output) throws {
        if self.columns == nil, let header = columns ?? rows.first.map({ $0.cells.map(\.name) }) {
            self.columns = header
            try output.append { bytes in
                for (index, name) in header.enumerated() {
                    if index > 0 { bytes.append(UInt8(ascii: ",")) }
                    bytes.appendCSVCell(name)
                }
                bytes.append(contentsOf: "\r\n".utf8)
            }
        }
        guard let columns = self.columns else { return }
        for row in rows {
            try output.append { bytes in
                for (index, name) in columns.enumerated() {
                    if index > 0 { bytes.append(UInt8(ascii: ",")) }
                    switch row[name] ?? .missing {
                    case .number(let text): bytes.append(contentsOf: text.utf8)
                    case let value: bytes.appendCSVCell(value.text)
                    }
                }
                bytes.append(contentsOf: "\r\n".utf8)
            }
        }
    }
}

/// The messages alone, a line each; of other rows the values, with tabs between them.
struct RawWriter: RowWriter {
    /// A terminal gets control characters escaped, a file gets them as they are.
    let isTerminal: Bool

    func write(_ rows: [AnswerRow], columns: [String]?, to output: Output) throws {
        for row in rows {
            let text =
                row.isEntry
                ? shown(row.text("message")) : row.cells.map { shown($0.value.text) }.joined(separator: "\t")
            try output.write(text + "\n")
        }
    }

    private func shown(_ text: String) -> String { isTerminal ? PlainText.escaped(text) : text }
}
