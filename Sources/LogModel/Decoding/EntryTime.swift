/// The time of an entry as senders write it.
enum EntryTime {
    /// Reads RFC 3339, or a number of seconds, milliseconds, microseconds or nanoseconds since the epoch, told apart by
    /// the 10, 13, 16 or 19 digits before the decimal point. Parts below a microsecond are cut.
    ///
    /// - Parameter isInMicroseconds: The sender named the unit: numbers of any other length are microseconds then, so
    ///   that a device whose clock was never set is still heard.
    static func read(_ text: UnsafeRawBufferPointer, isInMicroseconds: Bool) -> Timestamp? {
        if let time = sixteenDigits(text) ?? Timestamp(epochDigits: text) { return time }
        if let time = decimal(text) { return time }
        if isInMicroseconds, let microseconds = integer(text), microseconds < .max {
            return Timestamp(microseconds: microseconds)
        }
        return Timestamp(rfc3339: text)
    }

    /// Microseconds, the usual form, eight digits at a time.
    @inline(__always)
    private static func sixteenDigits(_ text: UnsafeRawBufferPointer) -> Timestamp? {
        guard text.count == 16, let base = text.baseAddress,
            let high = eightDigits(UInt64(littleEndian: base.loadUnaligned(as: UInt64.self))),
            let low = eightDigits(UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        else { return nil }
        return Timestamp(microseconds: Int64(high * 100_000_000 + low))
    }

    /// The number that eight digits form, the first in the lowest byte: neighbours are joined to pairs, pairs to fours,
    /// fours to the whole, each by one multiplication.
    @inline(__always)
    private static func eightDigits(_ word: UInt64) -> UInt64? {
        let digits = word &- 0x3030_3030_3030_3030
        guard (digits | (digits &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0 else { return nil }
        let pairs = (digits &* 10 &+ digits >> 8) & 0x00ff_00ff_00ff_00ff
        let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_ffff_0000_ffff
        return (fours &* 10_000 &+ fours >> 32) & 0xffff_ffff
    }

    /// An epoch number with decimals.
    private static func decimal(_ text: UnsafeRawBufferPointer) -> Timestamp? {
        guard let point = RawBytes.firstIndex(of: UInt8(ascii: "."), in: text, from: 0), point + 1 < text.count,
            let whole = Timestamp(epochDigits: UnsafeRawBufferPointer(rebasing: text[..<point]))
        else { return nil }
        var unit: Int64
        switch point {
        case 10: unit = 1_000_000
        case 13: unit = 1_000
        default: unit = 1
        }
        var microseconds = whole.microseconds
        for byte in text[(point + 1)...] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            unit /= 10
            microseconds += Int64(byte - 0x30) * unit
        }
        return Timestamp(microseconds: microseconds)
    }

    private static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = text.dropFirst(isNegative ? 1 : 0)
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - 0x30)
            // Negative numbers are built downwards: the lowest has no positive counterpart.
            let (sum, carry) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }
}
