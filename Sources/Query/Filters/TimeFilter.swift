import LogDB
import LogModel

/// `time:…` and `received:…`: moments, written as in the time clauses, compared to the microsecond.
extension Planner {
    mutating func timeFilter(_ value: ValueSyntax, _ name: FieldName, _ make: (TimeRange) -> Filter) -> Filter {
        switch value {
        case .compare(let comparison, let scalar):
            guard let time = moment(scalar, name) else { return .nothing }
            let next = times.shifted(time, by: 1)
            let all = TimeRange.all
            switch comparison {
            case .greater: return make(TimeRange(since: next, until: all.until))
            case .greaterOrEqual: return make(TimeRange(since: time, until: all.until))
            case .less: return make(TimeRange(since: all.since, until: time))
            case .lessOrEqual: return make(TimeRange(since: all.since, until: next))
            case .equal: return make(TimeRange(since: time, until: next))
            case .notEqual: return .not(make(TimeRange(since: time, until: next)))
            }
        case .range(let lower, let upper):
            var range = TimeRange.all
            if let scalar = lower.scalar, let time = moment(scalar, name) {
                range.since = lower.isInclusive ? time : times.shifted(time, by: 1)
            }
            if let scalar = upper.scalar, let time = moment(scalar, name) {
                range.until = upper.isInclusive ? times.shifted(time, by: 1) : time
            }
            return make(range)
        case .set(let members):
            return .any(members.map { exactly(moment($0, name), make) })
        case .text(.quoted(let quoted, isPrefix: false)):
            return exactly(moment(.quoted(quoted), name), make)
        case .text(.word(let word)):
            return exactly(moment(.word(word), name), make)
        case .text(.quoted(let quoted, isPrefix: true)):
            fail(
                "invalid_value", quoted.span, "A time has no prefix; compare it, or give a range.",
                expected: ["\(name.name):>=2025-01-03", "\(name.name):[2025-01-03 TO 2025-01-04]"])
            return .nothing
        case .and, .or, .not, .exists, .regex:
            // Taken apart before.
            return .nothing
        }
    }

    private func exactly(_ time: Timestamp?, _ make: (TimeRange) -> Filter) -> Filter {
        time.map { make(TimeRange(since: $0, until: times.shifted($0, by: 1))) } ?? .nothing
    }

    private mutating func moment(_ scalar: ScalarSyntax, _ name: FieldName) -> Timestamp? {
        guard let text = literal(scalar) else { return nil }
        do { return times.instant(try InstantReader.instant(text)) } catch {
            fail(
                "invalid_time", scalar.span, error.message, expected: InstantReader.expected,
                suggestion: error.suggestion)
            return nil
        }
    }
}
