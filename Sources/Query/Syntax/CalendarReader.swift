import LogModel

/// Reads dates, times of day and offsets as they are written.
enum CalendarReader {
    /// Whether the text begins with four digits, a hyphen and a digit.
    static func looksLikeDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(6))
        return bytes.count == 6 && bytes[0..<4].allSatisfy(isDigit) && bytes[4] == UInt8(ascii: "-")
            && isDigit(bytes[5])
    }

    /// Nil where the whole text is no valid date, or date and time.
    static func moment(_ text: String) -> CalendarMoment? {
        var reader = FieldReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2)
        else { return nil }
        var moment = CalendarMoment(year: year, month: month, day: day)
        if reader.take("T") || reader.take("t") || reader.take("_") || reader.take(" ") {
            guard let time = timeOfDay(&reader) else { return nil }
            moment.time = time
        }
        if reader.take("Z") || reader.take("z") {
            moment.zone = .offset(minutes: 0)
        } else if !reader.isAtEnd {
            guard let minutes = offset(reader.rest) else { return nil }
            moment.zone = .offset(minutes: minutes)
            reader.skipAll()
        }
        let civil = CivilTime(
            year: Int64(year), month: month, day: day, hour: moment.time?.hour ?? 0, minute: moment.time?.minute ?? 0,
            // A leap second is accepted; it has no place of its own.
            second: min(moment.time?.second ?? 0, moment.time?.second == 60 ? 59 : 60))
        return civil.isValid ? moment : nil
    }

    private static func timeOfDay(_ reader: inout FieldReader) -> CalendarMoment.TimeOfDay? {
        guard let hour = reader.number(2) else { return nil }
        var time = CalendarMoment.TimeOfDay(hour: hour)
        guard reader.take(":") else { return time }
        guard let minute = reader.number(2) else { return nil }
        time.minute = minute
        guard reader.take(":") else { return time }
        guard let second = reader.number(2) else { return nil }
        time.second = second
        guard reader.take(".") else { return time }
        let digits = reader.digits()
        guard (1...9).contains(digits.utf8.count) else { return nil }
        time.fraction = digits
        return time
    }

    /// `+03:00`, `-0330` or `+03` as minutes east of UTC. Nil for any other text.
    static func offset(_ text: String) -> Int? {
        var reader = FieldReader(text)
        let sign: Int
        if reader.take("+") { sign = 1 } else if reader.take("-") { sign = -1 } else { return nil }
        guard let hours = reader.number(2), hours <= 23 else { return nil }
        if reader.isAtEnd { return sign * hours * 60 }
        _ = reader.take(":")
        guard let minutes = reader.number(2), minutes <= 59, reader.isAtEnd else { return nil }
        return sign * (hours * 60 + minutes)
    }

    fileprivate static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

/// Fixed-width decimal fields, read one after the other.
private struct FieldReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { index == bytes.count }
    var rest: String { String(decoding: bytes[index...], as: UTF8.self) }

    mutating func skipAll() { index = bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        guard index + width <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[index..<(index + width)] {
            guard CalendarReader.isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        index += width
        return value
    }

    mutating func digits() -> String {
        let digits = bytes[index...].prefix(while: CalendarReader.isDigit)
        index += digits.count
        return String(decoding: digits, as: UTF8.self)
    }
}
