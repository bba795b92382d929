/// Reads moments, days and zones out of the text of one value. Knows neither the clock nor a zone.
enum InstantReader {
    /// Why a text is no moment.
    struct Failure: Error {
        var message: String
        var suggestion: String?
    }

    static let expected = [
        "a duration such as 1h", "now", "now/d", "today", "yesterday", "a date such as 2025-01-03",
        "a time such as 2025-01-03T14:00", "10, 13, 16 or 19 digits",
    ]

    static func instant(_ text: String) throws(Failure) -> InstantSyntax {
        switch text {
        case "": throw Failure(message: "A time is missing.", suggestion: "1h")
        case "today": return .today
        case "yesterday": return .yesterday
        case "now": return .now(nil, snap: nil)
        default: break
        }
        if text.hasPrefix("now") { return try now(text) }
        if text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            guard [10, 13, 16, 19].contains(text.utf8.count) else {
                throw Failure(
                    message: "A number needs a unit; digits alone are a time only when there are 10, 13, 16 or 19.",
                    suggestion: text.utf8.count < 6 ? "\(text)m" : nil)
            }
            return .epoch(text)
        }
        if CalendarReader.looksLikeDate(text) {
            guard let moment = CalendarReader.moment(text) else {
                throw Failure(message: "“\(text)” is no date or time of the calendar.", suggestion: nil)
            }
            return .moment(moment)
        }
        if let duration = QueryDuration(text: text) { return .ago(duration) }
        if QueryDuration.isTooLong(text) {
            throw Failure(message: "“\(text)” goes back farther than times do: about 290,000 years.", suggestion: nil)
        }
        throw Failure(message: "“\(text)” is no time.", suggestion: durationSuggestion(text) ?? "1h")
    }

    private static func now(_ text: String) throws(Failure) -> InstantSyntax {
        var rest = text.dropFirst(3)
        var snap: Snap?
        if let slash = rest.firstIndex(of: "/") {
            guard let unit = Snap(rawValue: String(rest[rest.index(after: slash)...])) else {
                throw Failure(
                    message: "After now/ stands what to round down to: m, h, d or w.",
                    suggestion: "\(text[..<slash])/d")
            }
            snap = unit
            rest = rest[..<slash]
        }
        guard let sign = rest.first else { return .now(nil, snap: snap) }
        guard sign == "-" || sign == "+", let duration = QueryDuration(text: rest.dropFirst()) else {
            throw Failure(
                message: "“\(text)” is no time; now is followed by - or + and a duration.", suggestion: "now-1h")
        }
        return .now(.init(isForward: sign == "+", duration), snap: snap)
    }

    static func day(_ text: String) throws(Failure) -> DaySyntax {
        if text == "today" { return .today }
        if text == "yesterday" { return .yesterday }
        guard let moment = CalendarReader.moment(text), moment.isDate else {
            throw Failure(
                message: text.isEmpty ? "A day is missing." : "“\(text)” is no day.",
                suggestion: CalendarReader.looksLikeDate(text) && text.utf8.count > 10
                    ? String(text.prefix(10)) : "today")
        }
        return .date(year: moment.year, month: moment.month, day: moment.day)
    }

    static func zone(_ text: String) throws(Failure) -> ZoneSyntax {
        if text == "UTC" || text == "Z" { return .utc }
        if let minutes = CalendarReader.offset(text) { return .offset(minutes: minutes) }
        let isName =
            text.utf8.first.map { $0 & 0xdf >= 0x41 && $0 & 0xdf <= 0x5a } == true
            && text.unicodeScalars.allSatisfy {
                Lexer.isLetter($0) || Lexer.isDigit($0) || $0 == "/" || $0 == "-" || $0 == "+"
            }
        guard isName else {
            throw Failure(
                message: text.isEmpty ? "A time zone is missing." : "“\(text)” is no time zone.", suggestion: "UTC")
        }
        return .named(text)
    }

    /// What a duration that is nearly right was probably meant to be.
    static func durationSuggestion(_ text: String) -> String? {
        let bare = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        let digits = bare.prefix { ("0"..."9").contains($0) || $0 == "." }
        let unit = bare.dropFirst(digits.count).lowercased().filter { $0 != " " }
        guard !digits.isEmpty else { return nil }
        let known: [(String, [String])] = [
            ("ms", ["msec", "msecs", "millis", "ms"]), ("s", ["s", "sec", "secs", "second", "seconds"]),
            ("m", ["m", "min", "mins", "minute", "minutes"]), ("h", ["h", "hr", "hrs", "hour", "hours"]),
            ("d", ["d", "day", "days"]), ("w", ["w", "week", "weeks"]),
        ]
        guard let match = known.first(where: { $0.1.contains(unit) }) else {
            return QueryDuration(text: bare.lowercased()) == nil ? nil : bare.lowercased()
        }
        let suggestion = String(digits) + match.0
        return QueryDuration(text: suggestion) == nil ? nil : suggestion
    }
}
