/// What stands at a place where messages of one template differ.
///
/// In a template's text a slot is one byte, the kind's raw value; the value that stands there in a message is one 64-bit
/// number. No message that holds one of these bytes is cut into a template of its own.
enum SlotKind: UInt8, Sendable, BitwiseCopyable {
    /// 1 to 19 decimal digits, leading zeros included.
    case digits = 1
    /// 1 to 15 lower-case hexadecimal digits.
    case hex = 2
    /// 16 lower-case hexadecimal digits.
    case wideHex = 3
    /// As `hex`, in upper case.
    case upperHex = 4
    /// As `wideHex`, in upper case.
    case wideUpperHex = 5
    /// The first half of a lower-case UUID (RFC 9562, section 4) with its three dashes; `uuidTail` follows.
    case uuidHead = 6
    case uuidTail = 7
    /// Any bytes. The number says which of the strings beside the numbers it is.
    case text = 8

    static let markerMax: UInt8 = 8

    @inline(__always)
    static func isMarker(_ byte: UInt8) -> Bool { byte &- 1 < markerMax }
}

/// Values of slots as numbers, and back to the bytes they stand for.
///
/// Digits of up to `n` places are numbered shortest first and then in numeric order, so that `7`, `07` and `007` differ
/// and numbers of one length keep their order and distance.
enum SlotValue {
    static let digitCountMax = 19
    static let shortHexCountMax = 15
    static let uuidByteCount = 36

    /// - Parameter text: 1 to 19 digits.
    @inline(__always)
    static func digits(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var value = UInt64(text[0] &- 0x30)
        for index in 1..<max(count, 1) { value = (value &+ 1) &* 10 &+ UInt64(text[index] &- 0x30) }
        return value
    }

    /// - Parameter text: 1 to 15 hexadecimal digits of either case.
    @inline(__always)
    static func hex(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var value = hexDigit(text[0])
        for index in 1..<max(count, 1) { value = (value &+ 1) << 4 &+ hexDigit(text[index]) }
        return value
    }

    /// - Parameter text: Up to 16 hexadecimal digits of either case.
    @inline(__always)
    static func wideHex(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value = value << 4 | hexDigit(text[index]) }
        return value
    }

    @inline(__always)
    private static func hexDigit(_ byte: UInt8) -> UInt64 {
        UInt64(byte < 0x3a ? byte &- 0x30 : (byte | 0x20) &- 0x57)
    }

    /// How many places a number stands for, and the number of the first string of so many.
    ///
    /// - Parameter base: 10 or 16.
    @inline(__always)
    private static func length(_ number: UInt64, base: UInt64, lengthMax: Int) -> (count: Int, first: UInt64) {
        var count = 1
        var first: UInt64 = 0
        var next = base
        while count < lengthMax, number >= next {
            first = next
            next = (next &+ 1) &* base
            count += 1
        }
        return (count, first)
    }

    /// The most bytes that a value other than text is written as.
    static let writtenByteCountMax = 20

    /// Writes a value's bytes.
    ///
    /// - Parameters:
    ///   - kind: Not `text`.
    ///   - output: Room for `writtenByteCountMax` bytes.
    /// - Returns: How many were written; 0 when no string has this number.
    @inline(__always)
    static func write(_ value: UInt64, _ kind: SlotKind, to output: UnsafeMutablePointer<UInt8>) -> Int {
        switch kind {
        case .digits:
            return writeDigits(value, to: output)
        case .hex:
            return writeShortHex(value, letterBase: 0x57, to: output)
        case .upperHex:
            return writeShortHex(value, letterBase: 0x37, to: output)
        case .wideHex:
            writeHex(value, count: 16, letterBase: 0x57, to: output)
            return 16
        case .wideUpperHex:
            writeHex(value, count: 16, letterBase: 0x37, to: output)
            return 16
        case .uuidHead:
            writeHex(value >> 32, count: 8, letterBase: 0x57, to: output)
            output[8] = UInt8(ascii: "-")
            writeHex(value >> 16 & 0xffff, count: 4, letterBase: 0x57, to: output + 9)
            output[13] = UInt8(ascii: "-")
            writeHex(value & 0xffff, count: 4, letterBase: 0x57, to: output + 14)
            output[18] = UInt8(ascii: "-")
            return 19
        case .uuidTail:
            writeHex(value >> 48, count: 4, letterBase: 0x57, to: output)
            output[4] = UInt8(ascii: "-")
            writeHex(value & 0xffff_ffff_ffff, count: 12, letterBase: 0x57, to: output + 5)
            return 17
        case .text:
            return 0
        }
    }

    /// How many bytes `write` writes.
    @inline(__always)
    static func byteCount(_ value: UInt64, _ kind: SlotKind) -> Int {
        switch kind {
        case .digits: return length(value, base: 10, lengthMax: digitCountMax).count
        case .hex, .upperHex: return length(value, base: 16, lengthMax: shortHexCountMax).count
        case .wideHex, .wideUpperHex: return 16
        case .uuidHead: return 19
        case .uuidTail: return 17
        case .text: return 0
        }
    }

    private static func writeDigits(_ number: UInt64, to output: UnsafeMutablePointer<UInt8>) -> Int {
        let (count, first) = length(number, base: 10, lengthMax: digitCountMax)
        var value = number - first
        var index = count
        while index > 0 {
            index -= 1
            output[index] = 0x30 + UInt8(truncatingIfNeeded: value % 10)
            value /= 10
        }
        // Past the last string of 19 digits there is none.
        return value == 0 ? count : 0
    }

    private static func writeShortHex(
        _ number: UInt64, letterBase: UInt8, to output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let (count, first) = length(number, base: 16, lengthMax: shortHexCountMax)
        let value = number - first
        guard value >> UInt64(count * 4) == 0 else { return 0 }
        writeHex(value, count: count, letterBase: letterBase, to: output)
        return count
    }

    @inline(__always)
    private static func writeHex(
        _ value: UInt64, count: Int, letterBase: UInt8, to output: UnsafeMutablePointer<UInt8>
    ) {
        var value = value
        var index = count
        while index > 0 {
            index -= 1
            let digit = UInt8(truncatingIfNeeded: value & 15)
            output[index] = digit < 10 ? 0x30 + digit : letterBase + digit
            value >>= 4
        }
    }
}
