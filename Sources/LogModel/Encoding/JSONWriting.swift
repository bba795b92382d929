import CBytes

/// JSON, appended to bytes.
extension [UInt8] {
    /// Appends text as a JSON string, in quotes. Bytes that are not UTF-8 become U+FFFD, control characters are escaped.
    public mutating func appendJSONString(_ text: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        appendJSONStringContent(text)
        append(UInt8(ascii: "\""))
    }

    /// As `appendJSONString(_:)` for bytes.
    public mutating func appendJSONString(_ text: String) {
        var text = text
        text.withUTF8 { appendJSONString(UnsafeRawBufferPointer($0)) }
    }

    /// Appends text as it stands between a JSON string's quotes.
    public mutating func appendJSONStringContent(_ text: UnsafeRawBufferPointer) {
        guard let bytes = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var index = 0
        while true {
            var high: Int32 = 0
            let length = cbytes_json_plain_length(bytes + index, text.count - index, &high)
            let run = UnsafeRawBufferPointer(start: bytes + index, count: length)
            if high == 0 { append(contentsOf: run) } else { appendUTF8(run) }
            index += length
            guard index < text.count else { return }
            appendJSONEscape(bytes[index])
            index += 1
        }
    }

    /// Appends `value` in decimal.
    public mutating func appendInteger(_ value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        appendInteger(value.magnitude)
    }

    /// As `appendInteger(_:)` for signed numbers.
    public mutating func appendInteger(_ value: UInt64) {
        guard value >= 10 else {
            append(UInt8(ascii: "0") + UInt8(value))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            var rest = value
            while rest > 0 {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Appends the bytes of a literal.
    @inline(__always)
    mutating func append(literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    private mutating func appendJSONEscape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0a: append(UInt8(ascii: "n"))
        case 0x0c: append(UInt8(ascii: "f"))
        case 0x0d: append(UInt8(ascii: "r"))
        default:
            append(literal: "u00")
            append(byte >> 4 == 0 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let digit = byte & 0x0f
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// Appends text with U+FFFD in place of each stretch that is not UTF-8, as `String(decoding:as:)` does.
    public mutating func appendUTF8(_ text: UnsafeRawBufferPointer) {
        guard let bytes = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        if cbytes_is_ascii(bytes, text.count) != 0 {
            append(contentsOf: text)
            return
        }
        var start = 0
        while let invalid = UTF8Scan.firstInvalid(bytes + start, count: text.count - start) {
            append(contentsOf: UnsafeRawBufferPointer(start: bytes + start, count: invalid))
            append(literal: "\u{fffd}")
            start += invalid
            start -= UTF8Scan.sequence(bytes, at: start, count: text.count)
        }
        append(contentsOf: UnsafeRawBufferPointer(start: bytes + start, count: text.count - start))
    }
}
