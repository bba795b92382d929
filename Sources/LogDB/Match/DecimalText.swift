/// A decimal number as it is written: a sign, digits, a fraction and an exponent (`-12`, `.5`, `1.50e3`). Compared
/// exactly and without a bound on its digits, because nothing is converted.
struct DecimalText {
    /// The digits, with at most one point among them; no zero leads and the number is not 0.
    private let digits: UnsafeRawBufferPointer
    private let sign: Int
    /// The power of ten of the first digit. Exponents beyond ±2⁴⁰ count as that.
    private let magnitude: Int

    /// Reads the whole text. Nil when it is no decimal number.
    init?(_ text: UnsafeRawBufferPointer) {
        var offset = 0
        var isNegative = false
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            offset = 1
        }
        let start = offset
        offset = Self.digitsEnd(text, offset)
        let wholeEnd = offset
        if offset < text.count, text[offset] == UInt8(ascii: ".") {
            offset = Self.digitsEnd(text, offset + 1)
            if offset == wholeEnd + 1 { return nil }
        }
        let end = offset
        guard end > start else { return nil }
        var exponent = 0
        if offset < text.count {
            guard text[offset] | 0x20 == UInt8(ascii: "e"),
                let value = Self.exponent(UnsafeRawBufferPointer(rebasing: text[(offset + 1)...]))
            else { return nil }
            exponent = value
        }
        var lead = start
        while lead < end, text[lead] == UInt8(ascii: "0") || text[lead] == UInt8(ascii: ".") { lead += 1 }
        digits = UnsafeRawBufferPointer(rebasing: text[lead..<end])
        sign = digits.isEmpty ? 0 : isNegative ? -1 : 1
        magnitude = exponent + (lead < wholeEnd ? wholeEnd - 1 - lead : wholeEnd - lead)
    }

    /// Negative, zero or positive as the left number is less than, equal to or greater than the right one.
    static func compare(_ left: DecimalText, _ right: DecimalText) -> Int {
        if left.sign != right.sign { return left.sign < right.sign ? -1 : 1 }
        if left.sign == 0 { return 0 }
        if left.magnitude != right.magnitude { return (left.magnitude < right.magnitude ? -1 : 1) * left.sign }
        var leftOffset = 0
        var rightOffset = 0
        while true {
            let leftDigit = left.nextDigit(&leftOffset)
            let rightDigit = right.nextDigit(&rightOffset)
            if leftDigit == nil && rightDigit == nil { return 0 }
            let (one, other) = (leftDigit ?? UInt8(ascii: "0"), rightDigit ?? UInt8(ascii: "0"))
            if one != other { return (one < other ? -1 : 1) * left.sign }
        }
    }

    private func nextDigit(_ offset: inout Int) -> UInt8? {
        if offset < digits.count, digits[offset] == UInt8(ascii: ".") { offset += 1 }
        guard offset < digits.count else { return nil }
        offset += 1
        return digits[offset - 1]
    }

    private static func digitsEnd(_ text: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        var offset = offset
        while offset < text.count, text[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        return offset
    }

    private static func exponent(_ text: UnsafeRawBufferPointer) -> Int? {
        var offset = 0
        var isNegative = false
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            offset = 1
        }
        guard offset < text.count, digitsEnd(text, offset) == text.count else { return nil }
        var value = 0
        while offset < text.count {
            value = min(value * 10 + Int(text[offset] &- UInt8(ascii: "0")), 1 << 40)
            offset += 1
        }
        return isNegative ? -value : value
    }
}
