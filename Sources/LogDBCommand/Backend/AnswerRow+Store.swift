import LogDB
import LogModel
import Query

extension AnswerRow {
    /// Row `index` of what a scan found.
    ///
    /// - Parameter columns: The fields to show. Nil: all, as an entry.
    init(_ rows: Rows, _ index: Int, columns: [Field]?) {
        let entry = rows.batch[index]
        let fields = columns ?? AnswerRow.entryFields
        cells = fields.map { field in
            Cell(name: field.columnName, value: AnswerRow.value(of: field, entry, rows, index))
        }
        if columns == nil {
            let deviceTime = entry.context.first { $0.key == EntryJSONWriter.deviceTimeName }
            let attributes = entry.context.filter { $0 != deviceTime }
                .map { CellValue.Attribute(key: $0.key, value: $0.value) }
            cells.append(Cell(name: "context", value: .attributes(attributes)))
            if let deviceTime { cells.append(Cell(name: deviceTime.key, value: .text(deviceTime.value))) }
        }
    }

    static let entryFields: [Field] = [
        .id, .time, .received, .device, .session, .level, .module, .logger, .process, .thread, .message,
    ]

    private static func value(of field: Field, _ entry: Entry, _ rows: Rows, _ index: Int) -> CellValue {
        switch field {
        case .time: .text(entry.time.description)
        case .level: .text(entry.level.name)
        case .device: .text(entry.device)
        case .session: .text(entry.session)
        case .module: .text(entry.module)
        case .logger: .text(entry.logger)
        case .process: .text(entry.process)
        case .thread: .text(entry.thread)
        case .message: .text(entry.message)
        case .id: .text(rows.keys[index].id)
        case .received: .text(Timestamp(microseconds: rows.received[index]).description)
        case .context(let key):
            entry.context.first { $0.key == key }.map { .text($0.value) } ?? .missing
        }
    }
}

extension AnswerRow {
    /// A row of a table.
    init(_ values: [Value], columns: [String]) {
        cells = zip(columns, values).map { AnswerRow.Cell(name: $0, value: CellValue($1)) }
    }
}

extension CellValue {
    init(_ value: Value) {
        switch value {
        case .missing: self = .missing
        case .text(let bytes): self = .text(String(decoding: bytes, as: UTF8.self))
        case .integer(let number): self = .number(String(number))
        case .decimal(let number): self = number.isFinite ? .number("\(number)") : .missing
        case .time(let time): self = .text(time.description)
        case .boolean(let boolean): self = .boolean(boolean)
        case .attributes(let attributes):
            self = .attributes(
                attributes.map { attribute in
                    Attribute(
                        key: String(decoding: attribute.key, as: UTF8.self),
                        value: String(decoding: attribute.value, as: UTF8.self))
                })
        }
    }
}
