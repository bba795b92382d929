import CBytes

/// Strings (RFC 8259, section 7).
extension JSONScanner {
    /// Reads a string, whose opening quote is next. Its bytes stay where they are unless it holds escapes; then the
    /// text they stand for is appended to `scratch`.
    @inline(__always)
    mutating func string(scratch: inout [UInt8]) throws(EntryFailure) -> JSONText {
        at += 1
        let start = at
        var high: Int32 = 0
        at += cbytes_json_plain_length(bytes + at, end - at, &high)
        guard at < end, bytes[at] == UInt8(ascii: "\"") else {
            var copy = self
            let text = try copy.escapedString(from: start, &scratch)
            at = copy.at
            return text
        }
        if high != 0 { try checkEncoding(from: start) }
        at += 1
        return JSONText(offset: start, count: at - 1 - start, isInScratch: false)
    }

    /// As `string`, from the start of its text: the way for everything but plain strings.
    @inline(never)
    private mutating func escapedString(from start: Int, _ scratch: inout [UInt8]) throws(EntryFailure) -> JSONText {
        at = start
        let mark = scratch.count
        while true {
            let runStart = at
            var high: Int32 = 0
            at += cbytes_json_plain_length(bytes + at, end - at, &high)
            if high != 0 { try checkEncoding(from: runStart) }
            scratch.append(contentsOf: UnsafeBufferPointer(start: bytes + runStart, count: at - runStart))
            guard at < end else { throw invalid("expected the closing quote") }
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                return JSONText(offset: mark, count: scratch.count - mark, isInScratch: true)
            case UInt8(ascii: "\\"):
                at += 1
                try escape(&scratch)
            default: throw invalid("expected control characters in a string to be escaped")
            }
        }
    }

    /// Checks the bytes from `start` to `at`. A sequence cannot continue past a quote, a backslash or a control
    /// character, so each run is checked on its own.
    @inline(never)
    private func checkEncoding(from start: Int) throws(EntryFailure) {
        guard let invalid = UTF8Scan.firstInvalid(bytes + start, count: at - start) else { return }
        throw EntryFailure(.invalidEncoding, at: start + invalid, "expected UTF-8")
    }

    /// Reads what follows a backslash.
    private mutating func escape(_ scratch: inout [UInt8]) throws(EntryFailure) {
        guard at < end else { throw invalid("expected an escape") }
        switch bytes[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(bytes[at])
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0c)
        case UInt8(ascii: "n"): scratch.append(0x0a)
        case UInt8(ascii: "r"): scratch.append(0x0d)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"):
            try unicodeEscape(&scratch)
            return
        default: throw invalid("expected one of \" \\ / b f n r t u after the backslash")
        }
        at += 1
    }

    /// Reads `u` and four digits, and the second half where it is the first of a surrogate pair.
    private mutating func unicodeEscape(_ scratch: inout [UInt8]) throws(EntryFailure) {
        let start = at - 1
        let unit = try codeUnit()
        var value = unit
        if unit & 0xf800 == 0xd800 {
            guard unit < 0xdc00, at + 1 < end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
            else {
                throw EntryFailure(.invalidEncoding, at: start, "expected surrogates in pairs")
            }
            at += 1
            let low = try codeUnit()
            guard low & 0xfc00 == 0xdc00 else {
                throw EntryFailure(.invalidEncoding, at: start, "expected surrogates in pairs")
            }
            value = 0x10000 + (unit & 0x3ff) << 10 + (low & 0x3ff)
        }
        switch value {
        case ..<0x80: scratch.append(UInt8(value))
        case ..<0x800:
            scratch.append(UInt8(0xc0 | value >> 6))
            scratch.append(UInt8(0x80 | value & 0x3f))
        case ..<0x10000:
            scratch.append(UInt8(0xe0 | value >> 12))
            scratch.append(UInt8(0x80 | value >> 6 & 0x3f))
            scratch.append(UInt8(0x80 | value & 0x3f))
        default:
            scratch.append(UInt8(0xf0 | value >> 18))
            scratch.append(UInt8(0x80 | value >> 12 & 0x3f))
            scratch.append(UInt8(0x80 | value >> 6 & 0x3f))
            scratch.append(UInt8(0x80 | value & 0x3f))
        }
    }

    /// Reads `u` and four hexadecimal digits.
    private mutating func codeUnit() throws(EntryFailure) -> UInt32 {
        at += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard at < end else { throw invalid("expected four hexadecimal digits") }
            let byte = bytes[at]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw invalid("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
