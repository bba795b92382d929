import LogDB
import LogModel
import Query

/// Writes entries as JSON objects: whole, or the fields that the query asked for. Belongs to one task at a time.
struct RowWriter {
    private let columns: [Field]?
    private var entries = EntryJSONWriter()
    private var id: [UInt8] = []

    /// - Parameter columns: In order. Nil: the whole entry.
    init(columns: [Field]?) { self.columns = columns }

    mutating func append(_ index: Int, of rows: Rows, to output: inout [UInt8]) {
        guard let columns else {
            rows.keys[index].writeID(to: &id)
            let received = Timestamp(microseconds: rows.received[index])
            id.withUnsafeBytes { entries.append(index, of: rows.batch, id: $0, received: received, to: &output) }
            return
        }
        output.append(UInt8(ascii: "{"))
        for (position, column) in columns.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            output.appendJSONString(column.columnName)
            output.append(UInt8(ascii: ":"))
            append(column, index, of: rows, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func append(_ field: Field, _ index: Int, of rows: Rows, to output: inout [UInt8]) {
        switch field {
        case .time: entries.appendTime(Timestamp(microseconds: rows.batch.times[index]), to: &output)
        case .received: entries.appendTime(Timestamp(microseconds: rows.received[index]), to: &output)
        default:
            let found: Void? = rows.withText(of: field, at: index, id: &id) { output.appendJSONString($0) }
            if found == nil { output.append(contentsOf: "null".utf8) }
        }
    }
}

extension Rows {
    /// The text of a field of one row, but for its times. Nil: the entry does not have the attribute.
    ///
    /// - Parameter id: Working memory.
    func withText<R>(
        of field: Field, at index: Int, id: inout [UInt8], _ body: (UnsafeRawBufferPointer) -> R
    ) -> R? {
        func identifier(_ column: [UInt32]) -> R { batch.strings.withBytes(Int(column[index]), body) }
        switch field {
        case .time, .received: return nil
        case .level: return batch.levelName(index).withUnsafeBytes(body)
        case .device: return identifier(batch.devices)
        case .session: return identifier(batch.sessions)
        case .module: return identifier(batch.modules)
        case .logger: return identifier(batch.loggers)
        case .process: return identifier(batch.processes)
        case .thread: return identifier(batch.threads)
        case .message: return batch.messages.withBytes(index, body)
        case .id:
            keys[index].writeID(to: &id)
            return id.withUnsafeBytes(body)
        case .context(let key):
            for attribute in batch.contextRange(index)
            where batch.strings.withBytes(Int(batch.contextKeys[attribute]), { $0.elementsEqual(key.utf8) }) {
                return batch.contextValues.withBytes(attribute, body)
            }
            return nil
        }
    }
}

extension Batch {
    func levelName(_ index: Int) -> [UInt8] { Array((Level(rawValue: levels[index]) ?? .info).name.utf8) }
}

extension EntryKey {
    /// Puts the bytes of `id` in place of what `text` holds, without a string for each of its parts.
    func writeID(to text: inout [UInt8]) {
        text.removeAll(keepingCapacity: true)
        // Four numbers of at most 13 digits, and three dashes.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { bytes in
            var start = 64
            // From the last digit of the last number on.
            func write(_ number: UInt64) {
                var rest = number
                repeat {
                    let digit = UInt8(truncatingIfNeeded: rest % 36)
                    start -= 1
                    bytes[start] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    rest /= 36
                } while rest > 0
            }
            func writeDash() {
                start -= 1
                bytes[start] = UInt8(ascii: "-")
            }
            write(sequence)
            writeDash()
            write(session)
            writeDash()
            write(UInt64(device))
            writeDash()
            write(UInt64(bitPattern: time))
            text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
        }
    }
}
