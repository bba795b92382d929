import LogModel

/// One row of an answer: an entry, or what the pipes made of entries.
struct AnswerRow: Sendable, Equatable {
    struct Cell: Sendable, Equatable {
        var name: String
        var value: CellValue
    }

    /// In the order in which they are shown.
    var cells: [Cell]

    subscript(_ name: String) -> CellValue? { cells.first { $0.name == name }?.value }

    func text(_ name: String) -> String { self[name]?.text ?? "" }

    /// Appends the row as a JSON object.
    func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.appendJSONString(cell.name)
            bytes.append(UInt8(ascii: ":"))
            cell.value.appendJSON(to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Whether the row is an entry with all its fields, not a choice of columns.
    var isEntry: Bool {
        guard case .attributes = self["context"] else { return false }
        return ["id", "time", "level", "device", "message"].allSatisfy { self[$0] != nil }
    }
}

enum CellValue: Sendable, Equatable {
    struct Attribute: Sendable, Equatable {
        var key: String
        var value: String
    }

    case missing
    case text(String)
    /// As it is written in decimal.
    case number(String)
    case boolean(Bool)
    /// The context of an entry.
    case attributes([Attribute])

    /// The value as one text; a context as JSON.
    var text: String {
        switch self {
        case .missing: return ""
        case .text(let text), .number(let text): return text
        case .boolean(let value): return value ? "true" : "false"
        case .attributes:
            var bytes: [UInt8] = []
            appendJSON(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    func appendJSON(to bytes: inout [UInt8]) {
        switch self {
        case .missing: bytes.append(contentsOf: "null".utf8)
        case .text(let text): bytes.appendJSONString(text)
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .attributes(let attributes):
            bytes.append(UInt8(ascii: "{"))
            for (index, attribute) in attributes.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.appendJSONString(attribute.key)
                bytes.append(UInt8(ascii: ":"))
                bytes.appendJSONString(attribute.value)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
