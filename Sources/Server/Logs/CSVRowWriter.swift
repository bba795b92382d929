import LogDB
import LogModel
import Query

/// Writes rows as CSV (RFC 4180), the context of a whole entry as JSON in one cell.
struct CSVRowWriter {
    private static let entryColumns: [Field] = [
        .id, .time, .received, .device, .session, .level, .module, .logger, .process, .thread, .message,
    ]

    private let columns: [Field]
    private let hasContext: Bool
    private var id: [UInt8] = []
    private var context: [UInt8] = []
    private let entries = EntryJSONWriter()

    /// - Parameter columns: In order. Nil: the whole entry.
    init(columns: [Field]?) {
        self.columns = columns ?? CSVRowWriter.entryColumns
        hasContext = columns == nil
    }

    func appendHeader(to output: inout [UInt8]) {
        CSVRowWriter.appendHeader(columns.map(\.columnName) + (hasContext ? ["context"] : []), to: &output)
    }

    mutating func append(_ index: Int, of rows: Rows, to output: inout [UInt8]) {
        for (position, column) in columns.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            switch column {
            case .time: Timestamp(microseconds: rows.batch.times[index]).appendText(to: &output)
            case .received: Timestamp(microseconds: rows.received[index]).appendText(to: &output)
            default: _ = rows.withText(of: column, at: index, id: &id) { output.appendCSVCell($0) }
            }
        }
        if hasContext {
            output.append(UInt8(ascii: ","))
            context.removeAll(keepingCapacity: true)
            entries.appendContext(index, of: rows.batch, to: &context)
            context.withUnsafeBytes { output.appendCSVCell($0) }
        }
        output.append(contentsOf: "\r\n".utf8)
    }

    static func append(_ row: [Value], to output: inout [UInt8]) {
        for (position, value) in row.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            switch value {
            case .missing: break
            case .text(let bytes): bytes.withUnsafeBytes { output.appendCSVCell($0) }
            // Numbers keep their sign: an apostrophe before it would make them text.
            case .integer(let number): output.appendInteger(number)
            case .decimal(let number): output.append(contentsOf: "\(number)".utf8)
            case .time(let time): time.appendText(to: &output)
            case .boolean(let boolean): output.append(contentsOf: (boolean ? "true" : "false").utf8)
            case .attributes:
                var json = JSONOutput()
                json.value(value)
                json.bytes.withUnsafeBytes { output.appendCSVCell($0) }
            }
        }
        output.append(contentsOf: "\r\n".utf8)
    }

    static func appendHeader(_ names: [String], to output: inout [UInt8]) {
        for (position, name) in names.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            output.appendCSVCell(name)
        }
        output.append(contentsOf: "\r\n".utf8)
    }
}
