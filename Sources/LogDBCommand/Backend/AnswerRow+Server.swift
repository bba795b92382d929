import LogModel

extension AnswerRow {
    /// A row as the HTTP API answers with it.
    init(_ json: JSONValue) {
        cells = json.members.map { Cell(name: $0.name, value: CellValue($0.value)) }
    }
}

extension CellValue {
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .missing
        case .boolean(let value): self = .boolean(value)
        case .number(let text): self = .number(text)
        case .string(let text): self = .text(text)
        case .object(let members):
            self = .attributes(
                members.map { CellValue.Attribute(key: $0.name, value: CellValue($0.value).text) })
        case .array: self = .text(String(decoding: json.bytes, as: UTF8.self))
        }
    }
}
