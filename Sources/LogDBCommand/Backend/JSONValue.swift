/// A JSON value as it was written: members in their order, numbers as their text.
enum JSONValue: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        var name: String
        var value: JSONValue
    }

    case null
    case boolean(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// The member's value; nil where this is no object or has none of that name.
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var members: [Member] { if case .object(let members) = self { members } else { [] } }

    var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    var unsigned: UInt64? { if case .number(let text) = self { UInt64(text) } else { nil } }
    var decimal: Double? { if case .number(let text) = self { Double(text) } else { nil } }

    /// Reads a whole document (RFC 8259). Nil where it is none.
    init?(_ bytes: [UInt8]) {
        let value = bytes.withUnsafeBufferPointer { bytes -> JSONValue? in
            var reader = JSONReader(bytes)
            guard let value = reader.value(depth: 0) else { return nil }
            reader.skipSpace()
            return reader.isAtEnd ? value : nil
        }
        guard let value else { return nil }
        self = value
    }
}
