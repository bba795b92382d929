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

extension JSONValue {
    /// The value as JSON text.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .string(let text): bytes.appendJSONString(text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.appendJSONString(member.name)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
