@testable import Query

extension SyntaxGenerator {
    mutating func duration() -> QueryDuration {
        let parts = many(1...3) { generator in
            QueryDuration.Part(
                generator.pick(["0", "1", "30", "1.5", "007"]), generator.pick(QueryDuration.Unit.allCases))
        }
        return QueryDuration(parts)!
    }

    mutating func clause() -> TimeSyntax {
        switch Int.random(in: 0..<9, using: &random) {
        case 0, 1: return TimeSyntax(.since(instant()))
        case 2, 3: return TimeSyntax(.until(instant()))
        case 4: return TimeSyntax(.between(instant(), instant()))
        case 5: return TimeSyntax(.on(pick([.today, .yesterday, .date(year: 2024, month: 2, day: 29)])))
        case 6: return TimeSyntax(.around(.instant(instant()), within: chance(2) ? duration() : nil))
        case 7: return TimeSyntax(.around(.entry(pick(["a-1-b_2", "Z"])), within: chance(2) ? duration() : nil))
        default:
            return TimeSyntax(
                .zone(pick([.utc, .offset(minutes: 0), .offset(minutes: -210), .named("Europe/Berlin")])))
        }
    }

    mutating func instant() -> InstantSyntax {
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return .ago(duration())
        case 1:
            let shift = chance(2) ? InstantSyntax.Shift(isForward: chance(2), duration()) : nil
            return .now(shift, snap: chance(2) ? pick(Snap.allCases) : nil)
        case 2: return .epoch(pick(["1735862401", "1735862401119", "1735862401119348", "1735862401119348000"]))
        case 3: return .today
        case 4: return .yesterday
        default: return .moment(moment())
        }
    }

    private mutating func moment() -> CalendarMoment {
        let second = chance(2) ? 7 : nil
        let minute = second != nil || chance(2) ? 5 : nil
        let fraction = second != nil && chance(2) ? pick(["1", "001", "123456789"]) : nil
        return CalendarMoment(
            year: pick([1970, 2025]), month: 2, day: 3,
            time: chance(3) ? nil : .init(hour: 14, minute: minute, second: second, fraction: fraction),
            zone: pick([.unstated, .offset(minutes: 0), .offset(minutes: 180), .offset(minutes: -90)]))
    }

    mutating func pipe() -> PipeSyntax {
        let count = Int.random(in: 0...1_000, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return PipeSyntax(.stats(many(1...3) { $0.aggregate() }, by: many(0...3) { $0.group() }))
        case 1: return PipeSyntax(.where(filter(2)))
        case 2: return PipeSyntax(.sort(many(1...3) { SortSyntax($0.name(), isDescending: $0.chance(2)) }))
        case 3: return PipeSyntax(.limit(count))
        case 4: return PipeSyntax(.tail(count))
        case 5: return PipeSyntax(.fields(names()))
        case 6: return PipeSyntax(.drop(names()))
        case 7: return PipeSyntax(.rename(name(), name()))
        case 8: return PipeSyntax(.top(count, names()))
        case 9: return PipeSyntax(.rare(count, names()))
        case 10: return PipeSyntax(.uniq(names(), withHits: chance(2)))
        case 11: return PipeSyntax(.dedup(names()))
        case 12: return PipeSyntax(.extract(QuotedText(string()), from: chance(2) ? name() : nil))
        case 13:
            let pattern: PatternSyntax = chance(2) ? .regex(regex()) : .quoted(QuotedText(string()))
            return PipeSyntax(.extractRegex(pattern, from: chance(2) ? name() : nil))
        case 14:
            return PipeSyntax(.context(before: count, after: count / 2, within: chance(2) ? duration() : nil))
        case 15:
            return PipeSyntax(.timechart(duration(), many(1...2) { $0.aggregate() }, by: chance(2) ? names() : []))
        case 16: return PipeSyntax(.patterns(chance(2) ? count : nil))
        case 17: return PipeSyntax(.fieldNames)
        case 18: return PipeSyntax(.fieldValues(name()))
        default: return PipeSyntax(.explain)
        }
    }

    private mutating func names() -> [FieldName] { many(1...3) { $0.name() } }

    private mutating func group() -> GroupSyntax { chance(3) ? .bin(duration(), .none) : .field(name()) }

    private mutating func aggregate() -> AggregateSyntax {
        let function = pick(AggregateFunction.allCases)
        let fields: [FieldName] =
            switch function {
            case .rate: []
            case .quantile: [name()]
            case .count: chance(2) ? [] : names()
            default: names()
            }
        return AggregateSyntax(
            function, number: function == .quantile ? pick(["0.5", "0.95", "1"]) : nil, fields: fields,
            condition: chance(3) ? filter(2) : nil, name: chance(2) ? name() : nil)
    }
}
