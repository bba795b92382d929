/// RFC 3339 text, both ways.
extension Timestamp: CustomStringConvertible {
    /// `2025-01-03T14:32:12.345678Z`: always UTC, always six decimals, so that text sorts as time does.
    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `description`'s bytes.
    public func appendText(to bytes: inout [UInt8]) {
        let civil = CivilTime(self)
        if civil.year < 0 || civil.year > 9_999 {
            // Outside RFC 3339's four digits: ISO 8601's expanded form, with a sign.
            bytes.append(civil.year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            Timestamp.appendDigits(Int(civil.year.magnitude), width: 6, to: &bytes)
        } else {
            Timestamp.appendDigits(Int(civil.year), width: 4, to: &bytes)
        }
        bytes.append(UInt8(ascii: "-"))
        Timestamp.appendDigits(civil.month, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Timestamp.appendDigits(civil.day, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        Timestamp.appendDigits(civil.hour, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Timestamp.appendDigits(civil.minute, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Timestamp.appendDigits(civil.second, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        Timestamp.appendDigits(civil.microsecond, width: 6, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func appendDigits(_ value: Int, width: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        var rest = value
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor % 10))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Reads RFC 3339: a date, `T`, `t`, a space or `_`, a time with up to nine decimals (those past the sixth are cut),
    /// and `Z` or an offset. A missing zone means UTC. A year may also be a sign and six digits, as `description` writes
    /// those outside RFC 3339. Nil where the text is anything else.
    public init?(rfc3339 text: some StringProtocol) {
        var text = String(text)
        guard let time = text.withUTF8({ Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = time
    }

    /// As `init(rfc3339:)`, on bytes and without allocating.
    public init?(rfc3339 text: UnsafeRawBufferPointer) {
        var reader = DigitReader(text)
        let yearSign: Int64? = reader.take("+") ? 1 : reader.take("-") ? -1 : nil
        guard let year = reader.number(width: yearSign == nil ? 4 : 6), reader.take("-"),
            let month = reader.number(width: 2),
            reader.take("-"), let day = reader.number(width: 2)
        else { return nil }
        guard reader.take("T") || reader.take("t") || reader.take(" ") || reader.take("_") else { return nil }
        guard let hour = reader.number(width: 2), reader.take(":"), let minute = reader.number(width: 2) else {
            return nil
        }
        var second = 0
        var microsecond = 0
        if reader.take(":") {
            guard let value = reader.number(width: 2) else { return nil }
            second = value
            if reader.take(".") || reader.take(",") {
                guard let value = reader.fraction() else { return nil }
                microsecond = value
            }
        }
        var offset: Int64 = 0
        if !(reader.take("Z") || reader.take("z")), !reader.isAtEnd {
            let sign: Int64
            if reader.take("+") { sign = 1 } else if reader.take("-") { sign = -1 } else { return nil }
            guard let hours = reader.number(width: 2), hours <= 23 else { return nil }
            _ = reader.take(":")
            let minutes = reader.isAtEnd ? 0 : reader.number(width: 2)
            guard let minutes, minutes <= 59 else { return nil }
            offset = sign * Int64(hours * 3_600 + minutes * 60) * 1_000_000
        }
        // A leap second has no place of its own in POSIX time: it is the second before.
        if second == 60 { second = 59 }
        let civil = CivilTime(
            year: Int64(year) * (yearSign ?? 1), month: month, day: day, hour: hour, minute: minute, second: second,
            microsecond: microsecond)
        guard reader.isAtEnd, civil.isValid, let local = civil.timestamp else { return nil }
        let (microseconds, overflow) = local.microseconds.subtractingReportingOverflow(offset)
        guard !overflow else { return nil }
        self.init(microseconds: microseconds)
    }

    /// A moment given as a number: seconds, milliseconds, microseconds or nanoseconds since the epoch, told apart by
    /// 10, 13, 16 or 19 digits. Nil for any other count of digits.
    public init?(epochDigits text: UnsafeRawBufferPointer) {
        var value: Int64 = 0
        for byte in text {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - 0x30))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        switch text.count {
        case 10: self.init(microseconds: value * 1_000_000)
        case 13: self.init(microseconds: value * 1_000)
        case 16: self.init(microseconds: value)
        case 19: self.init(microseconds: value / 1_000)
        default: return nil
        }
    }
}

/// Fixed-width decimal fields, read one after the other.
private struct DigitReader {
    let text: UnsafeRawBufferPointer
    var index = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool { index == text.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func number(width: Int) -> Int? {
        guard index + width <= text.count else { return nil }
        var value = 0
        for _ in 0..<width {
            let byte = text[index]
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
            index += 1
        }
        return value
    }

    /// One to nine digits after the point, as microseconds.
    mutating func fraction() -> Int? {
        var value = 0
        var digits = 0
        while index < text.count, text[index] >= 0x30, text[index] <= 0x39 {
            if digits < 6 { value = value * 10 + Int(text[index] - 0x30) }
            digits += 1
            index += 1
        }
        guard digits >= 1, digits <= 9 else { return nil }
        for _ in 0..<max(0, 6 - digits) { value *= 10 }
        return value
    }
}
