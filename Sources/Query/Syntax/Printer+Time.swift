extension Printer {
    static func clause(_ clause: TimeSyntax) -> String {
        switch clause.kind {
        case .since(let time): "since:" + instant(time)
        case .until(let time): "until:" + instant(time)
        case .between(let lower, let upper): "between:\(instant(lower))..\(instant(upper))"
        case .on(.today): "on:today"
        case .on(.yesterday): "on:yesterday"
        case .on(.date(let year, let month, let day)):
            "on:" + moment(CalendarMoment(year: year, month: month, day: day))
        case .around(.entry(let id), let within): "around:#" + id + distance(within)
        case .around(.instant(let time), let within): "around:" + instant(time) + distance(within)
        case .zone(.utc): "tz:UTC"
        case .zone(.offset(let minutes)): "tz:" + offset(minutes)
        case .zone(.named(let name)): "tz:" + name
        }
    }

    private static func distance(_ within: QueryDuration?) -> String { within.map { "~" + $0.text } ?? "" }

    private static func instant(_ time: InstantSyntax) -> String {
        switch time {
        case .ago(let duration): duration.text
        case .now(let shift, let snap):
            "now" + (shift.map { ($0.isForward ? "+" : "-") + $0.duration.text } ?? "")
                + (snap.map { "/" + $0.rawValue } ?? "")
        case .moment(let moment): self.moment(moment)
        case .epoch(let digits): digits
        case .today: "today"
        case .yesterday: "yesterday"
        }
    }

    private static func moment(_ moment: CalendarMoment) -> String {
        var text = "\(padded(moment.year, 4))-\(padded(moment.month, 2))-\(padded(moment.day, 2))"
        if let time = moment.time {
            text += "T" + padded(time.hour, 2)
            if let minute = time.minute {
                text += ":" + padded(minute, 2)
                if let second = time.second { text += ":" + padded(second, 2) + (time.fraction.map { "." + $0 } ?? "") }
            }
        }
        if case .offset(let minutes) = moment.zone { text += minutes == 0 ? "Z" : offset(minutes) }
        return text
    }

    static func offset(_ minutes: Int) -> String {
        (minutes < 0 ? "-" : "+") + padded(abs(minutes) / 60, 2) + ":" + padded(abs(minutes) % 60, 2)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
