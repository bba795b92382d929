import CBytes

/// A stretch of text that parsing found: as it stands in the source, or in the scratch bytes when escapes had to be
/// replaced.
struct JSONText {
    var offset: UInt32
    var count: UInt32
    var isInScratch: Bool

    init(offset: Int, count: Int, isInScratch: Bool) {
        // Sources and scratch are within `EntryDecoder.documentByteCountMax`, or a line's limit.
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.count = UInt32(truncatingIfNeeded: count)
        self.isInScratch = isInScratch
    }

    @inline(__always) var range: Range<Int> { Int(offset)..<Int(offset) + Int(count) }
}

/// Reads JSON (RFC 8259) from bytes that somebody else keeps, without allocating but for strings with escapes.
///
/// Each reading method starts at `at` and leaves it past what it read. Offsets in errors count from `bytes`.
struct JSONScanner {
    let bytes: UnsafePointer<UInt8>
    let end: Int
    var at: Int
    let depthMax: Int

    init(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int, depthMax: Int) {
        self.bytes = bytes
        self.at = start
        self.end = end
        self.depthMax = depthMax
    }

    mutating func skipSpace() {
        while at < end {
            let byte = bytes[at]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
            at += 1
        }
    }

    /// The next byte that is no space, not taken. 0 at the end, where no value can start either.
    @inline(__always)
    mutating func peek() -> UInt8 {
        guard at < end else { return 0 }
        let byte = bytes[at]
        if byte > 0x20 { return byte }
        // One space, as most writers put after a colon or a comma, is passed without a call.
        if byte == 0x20, at + 1 < end, bytes[at + 1] > 0x20 {
            at += 1
            return bytes[at]
        }
        var copy = self
        let next = copy.peekFar()
        at = copy.at
        return next
    }

    @inline(never)
    private mutating func peekFar() -> UInt8 {
        skipSpace()
        return at < end ? bytes[at] : 0
    }

    /// Whether the object that is next has no members.
    var isEmptyObject: Bool {
        var ahead = self
        ahead.at += 1
        return ahead.peek() == UInt8(ascii: "}")
    }

    /// Takes `character` if it is next, spaces before it skipped.
    @inline(__always)
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    /// Takes `character`, which must be next.
    @inline(__always)
    mutating func require(_ character: Unicode.Scalar) throws(EntryFailure) {
        guard take(character) else { throw expected(character) }
    }

    /// After a member or element: true when another follows, false when `closing` was taken.
    @inline(__always)
    mutating func separator(orClosing closing: Unicode.Scalar) throws(EntryFailure) -> Bool {
        let byte = peek()
        guard byte != UInt8(ascii: ",") else {
            at += 1
            return true
        }
        guard byte != UInt8(ascii: closing) else {
            at += 1
            return false
        }
        throw expected(",", or: closing)
    }

    // The messages are made out of line: inlined, they would crowd the loops that never need them.
    @inline(never)
    private func expected(_ character: Unicode.Scalar) -> EntryFailure { invalid("expected '\(character)'") }

    @inline(never)
    private func expected(_ character: Unicode.Scalar, or other: Unicode.Scalar) -> EntryFailure {
        invalid("expected '\(character)' or '\(other)'")
    }

    @inline(never)
    func invalid(_ expected: String) -> EntryFailure {
        EntryFailure(.invalidJSON, at: at, at < end ? expected : expected + ", found the end")
    }

    func checkDepth(_ depth: Int) throws(EntryFailure) {
        guard depth <= depthMax else {
            throw EntryFailure(.tooDeep, at: at, "objects and arrays may nest \(depthMax) deep")
        }
    }

    // MARK: Scalars

    /// Reads a number (section 6), its text kept as it is.
    @inline(__always)
    mutating func number() throws(EntryFailure) -> JSONText {
        let start = at
        if at < end, bytes[at] == UInt8(ascii: "-") { at += 1 }
        if at < end, bytes[at] == UInt8(ascii: "0") {
            at += 1
        } else {
            try digits("expected a digit")
        }
        if at < end, bytes[at] == UInt8(ascii: ".") {
            at += 1
            try digits("expected a digit after the decimal point")
        }
        if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            try digits("expected a digit in the exponent")
        }
        return JSONText(offset: start, count: at - start, isInScratch: false)
    }

    @inline(__always)
    private mutating func digits(_ expected: StaticString) throws(EntryFailure) {
        let start = at
        while at < end, bytes[at] &- 0x30 <= 9 { at += 1 }
        guard at > start else { throw invalid("\(expected)") }
    }

    /// Reads `true`, `false` or `null`, whichever `word` says.
    @inline(__always)
    mutating func literal(_ word: StaticString) throws(EntryFailure) -> JSONText {
        let start = at
        let count = word.utf8CodeUnitCount
        guard end - at >= count,
            RawBytes.areEqual(UnsafeRawBufferPointer(start: bytes + at, count: count), word)
        else { throw invalid("expected a value") }
        at += count
        return JSONText(offset: start, count: count, isInScratch: false)
    }

    // MARK: Skipping

    /// Reads any value, fully checked, and keeps nothing of it.
    mutating func skipValue(depth: Int, scratch: inout [UInt8]) throws(EntryFailure) {
        switch peek() {
        case UInt8(ascii: "\""): try skipString(&scratch)
        case UInt8(ascii: "{"):
            try checkDepth(depth)
            at += 1
            if take("}") { return }
            repeat {
                guard peek() == UInt8(ascii: "\"") else { throw invalid("expected a name in quotes") }
                try skipString(&scratch)
                try require(":")
                try skipValue(depth: depth + 1, scratch: &scratch)
            } while try separator(orClosing: "}")
        case UInt8(ascii: "["):
            try checkDepth(depth)
            at += 1
            if take("]") { return }
            repeat { try skipValue(depth: depth + 1, scratch: &scratch) } while try separator(orClosing: "]")
        case UInt8(ascii: "t"): _ = try literal("true")
        case UInt8(ascii: "f"): _ = try literal("false")
        case UInt8(ascii: "n"): _ = try literal("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
        default: throw invalid("expected a value")
        }
    }

    private mutating func skipString(_ scratch: inout [UInt8]) throws(EntryFailure) {
        let mark = scratch.count
        _ = try string(scratch: &scratch)
        scratch.removeLast(scratch.count - mark)
    }

    /// Passes over a value by its quotes and brackets alone, to find its end before it is read, or after it was refused
    /// for something other than its syntax.
    mutating func skipStructure() throws(EntryFailure) {
        var depth = 0
        skipSpace()
        repeat {
            guard at < end else { throw invalid("expected the end of a value") }
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                try skipStringStructure()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { throw invalid("expected a value") }
                depth -= 1
            case UInt8(ascii: ","):
                guard depth > 0 else { throw invalid("expected a value") }
            default:
                if depth == 0 {
                    skipWord()
                    return
                }
            }
            at += 1
        } while depth > 0
    }

    /// Passes over a number or a literal: all up to what ends one.
    private mutating func skipWord() {
        while at < end {
            switch bytes[at] {
            case 0x09, 0x0a, 0x0d, 0x20, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): return
            default: at += 1
            }
        }
    }

    private mutating func skipStringStructure() throws(EntryFailure) {
        var high: Int32 = 0
        while true {
            at += cbytes_json_plain_length(bytes + at, end - at, &high)
            guard at < end else { throw invalid("expected the closing quote") }
            let byte = bytes[at]
            at += byte == UInt8(ascii: "\\") ? 2 : 1
            guard at <= end else {
                at = end
                throw invalid("expected the closing quote")
            }
            if byte == UInt8(ascii: "\"") { return }
        }
    }
}
