import LogModel

/// Where bytes are no MessagePack.
struct MessagePackError: Error, Hashable {
    var offset: Int
    /// What was expected there.
    var detail: String
}

/// Writes MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) as JSON, so that one decoder has the rules
/// for entries.
///
/// Binary data is taken for text. A timestamp (extension −1) becomes its microseconds since the epoch; other extensions
/// are refused. Numbers that JSON has not, NaN and the infinities, become text.
enum MessagePackJSON {
    /// Maps and arrays around a value. The decoder of entries has the same bound.
    static let depthMax = 32

    /// Whether a body that begins so is a MessagePack map.
    static func isMap(_ first: UInt8) -> Bool { first & 0xf0 == 0x80 || first == 0xde || first == 0xdf }

    /// Appends the one value that `bytes` are.
    static func append(_ bytes: UnsafeRawBufferPointer, to json: inout [UInt8]) throws(MessagePackError) {
        var reader = MessagePackReader(bytes)
        try append(&reader, depth: 0, isKey: false, to: &json)
        guard reader.isAtEnd else { throw reader.failure("expected the end of the message") }
    }

    private static func append(
        _ reader: inout MessagePackReader, depth: Int, isKey: Bool, to json: inout [UInt8]
    ) throws(MessagePackError) {
        switch try reader.next() {
        case .text(let bytes):
            json.append(UInt8(ascii: "\""))
            json.appendJSONStringContent(bytes)
            json.append(UInt8(ascii: "\""))
        case .null where !isKey: json.append(contentsOf: "null".utf8)
        case .literal(let text): append(text, isQuoted: isKey, to: &json)
        case .number(let number):
            append("\(number)", isQuoted: isKey || !number.isFinite, to: &json)
        case .map(let count) where !isKey:
            try checkDepth(depth, reader)
            json.append(UInt8(ascii: "{"))
            for index in 0..<count {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                try append(&reader, depth: depth + 1, isKey: true, to: &json)
                json.append(UInt8(ascii: ":"))
                try append(&reader, depth: depth + 1, isKey: false, to: &json)
            }
            json.append(UInt8(ascii: "}"))
        case .array(let count) where !isKey:
            try checkDepth(depth, reader)
            json.append(UInt8(ascii: "["))
            for index in 0..<count {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                try append(&reader, depth: depth + 1, isKey: false, to: &json)
            }
            json.append(UInt8(ascii: "]"))
        case .null, .map, .array: throw reader.failure("expected text as a name")
        }
    }

    private static func append(_ text: String, isQuoted: Bool, to json: inout [UInt8]) {
        if isQuoted { json.append(UInt8(ascii: "\"")) }
        json.append(contentsOf: text.utf8)
        if isQuoted { json.append(UInt8(ascii: "\"")) }
    }

    private static func checkDepth(_ depth: Int, _ reader: MessagePackReader) throws(MessagePackError) {
        guard depth < depthMax else { throw reader.failure("expected at most \(depthMax) levels") }
    }
}
