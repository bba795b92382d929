import LogDB
import LogModel

extension Planner {
    /// What `around:` covers on either side when it does not say.
    static let aroundDefault: Int64 = 30_000_000

    /// The zone that the query names; all of its `tz:` must agree.
    static func zone(
        of syntax: QuerySyntax, _ source: SourceText, _ diagnostics: inout [QueryDiagnostic]
    ) -> QueryZone {
        var chosen: ZoneSyntax?
        var zone = QueryZone.utc
        for clause in syntax.timeClauses {
            guard case .zone(let named) = clause.kind, named != chosen else { continue }
            if chosen != nil {
                diagnostics.append(
                    source.diagnostic(
                        "conflicting_zone", clause.span, "A query has one time zone; this is a second one."))
                continue
            }
            chosen = named
            switch named {
            case .utc: zone = .utc
            case .offset(let minutes): zone = QueryZone(minutes: minutes)
            case .named(let name):
                if let known = QueryZone(named: name) {
                    zone = known
                } else {
                    let near =
                        QueryZone.names.first { $0.lowercased() == name.lowercased() }
                        ?? EditDistance.nearest(to: name, among: QueryZone.names.sorted())
                    diagnostics.append(
                        source.diagnostic(
                            "unknown_zone", clause.span, "There is no time zone “\(name)”.",
                            expected: ["UTC", "+03:00", "Europe/Berlin"], suggestion: near.map { "tz:\($0)" }))
                }
            }
        }
        return zone
    }

    /// The intersection of all time clauses. Nil: there are none.
    mutating func range(of syntax: QuerySyntax) -> TimeRange? {
        var range: TimeRange?
        var span = SourceSpan.none
        for clause in syntax.timeClauses {
            guard let next = self.range(of: clause) else { continue }
            range = range?.intersection(next) ?? next
            span = clause.span
        }
        if let range, range.isEmpty {
            warnings.append(
                source.warning(
                    "empty_range", span,
                    "The time clauses leave no time at all: they say from \(range.since) up to \(range.until)."))
        }
        return range
    }

    private mutating func range(of clause: TimeSyntax) -> TimeRange? {
        switch clause.kind {
        case .zone: return nil
        case .since(let since): return TimeRange(since: times.instant(since), until: TimeRange.all.until)
        case .until(let until): return TimeRange(since: TimeRange.all.since, until: times.instant(until))
        case .between(let since, let until): return TimeRange(since: times.instant(since), until: times.instant(until))
        case .on(let day): return times.day(day)
        case .around(let middle, let within):
            let distance = within?.microseconds ?? Planner.aroundDefault
            let center: Timestamp
            switch middle {
            case .instant(let instant): center = times.instant(instant)
            case .entry(let id):
                // The identity of an entry holds its time, so it need not be looked up.
                guard let key = EntryKey(id: id) else {
                    fail("invalid_id", clause.span, "“\(id)” is no id of an entry.", expected: ["the id of an entry"])
                    return nil
                }
                center = Timestamp(microseconds: key.time)
            }
            return TimeRange(
                since: times.shifted(center, by: -distance), until: times.shifted(center, by: distance))
        }
    }
}
