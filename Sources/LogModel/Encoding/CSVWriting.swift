/// CSV (RFC 4180), appended to bytes.
extension [UInt8] {
    /// Appends text as one cell: in quotes when it holds a comma, a quote or a line's end. Bytes that are not UTF-8 become
    /// U+FFFD.
    ///
    /// A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe before it, since a
    /// spreadsheet would run it as a formula.
    public mutating func appendCSVCell(_ text: UnsafeRawBufferPointer) {
        guard let first = text.first else { return }
        let needsQuotes = text.contains { byte in
            byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") || byte == 0x0a || byte == 0x0d
        }
        if needsQuotes { append(UInt8(ascii: "\"")) }
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0d:
            append(UInt8(ascii: "'"))
        default: break
        }
        var start = 0
        while let quote = RawBytes.firstIndex(of: UInt8(ascii: "\""), in: text, from: start) {
            appendUTF8(UnsafeRawBufferPointer(rebasing: text[start...quote]))
            append(UInt8(ascii: "\""))
            start = quote + 1
        }
        appendUTF8(UnsafeRawBufferPointer(rebasing: text[start...]))
        if needsQuotes { append(UInt8(ascii: "\"")) }
    }

    /// As `appendCSVCell(_:)` for bytes.
    public mutating func appendCSVCell(_ text: String) {
        var text = text
        text.withUTF8 { appendCSVCell(UnsafeRawBufferPointer($0)) }
    }
}
