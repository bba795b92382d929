import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct RangePlanTests {
    @Test(arguments: [
        ("since:1h", range("2025-01-15T09:20:30.123456Z", nil)),
        ("until:30m", range(nil, "2025-01-15T09:50:30.123456Z")),
        ("between:2h..30m", range("2025-01-15T08:20:30.123456Z", "2025-01-15T09:50:30.123456Z")),
        ("since:now", range("2025-01-15T10:20:30.123456Z", nil)),
        ("since:now-1d", range("2025-01-14T10:20:30.123456Z", nil)),
        ("since:now+1d", range("2025-01-16T10:20:30.123456Z", nil)),
        ("since:now/m", range("2025-01-15T10:20Z", nil)), ("since:now/h", range("2025-01-15T10:00Z", nil)),
        ("since:now/d", range("2025-01-15T00:00Z", nil)), ("since:now/w", range("2025-01-13T00:00Z", nil)),
        ("since:now-1w/w", range("2025-01-06T00:00Z", nil)), ("since:now-3d/w", range("2025-01-06T00:00Z", nil)),
        ("since:now-2d/w", range("2025-01-13T00:00Z", nil)),
        ("since:today", range("2025-01-15T00:00Z", nil)), ("since:yesterday", range("2025-01-14T00:00Z", nil)),
        ("on:today", range("2025-01-15T00:00Z", "2025-01-16T00:00Z")),
        ("on:yesterday", range("2025-01-14T00:00Z", "2025-01-15T00:00Z")),
        ("on:2024-02-29", range("2024-02-29T00:00Z", "2024-03-01T00:00Z")),
        ("on:2024-12-31", range("2024-12-31T00:00Z", "2025-01-01T00:00Z")),
        ("around:2025-01-03T14:00", range("2025-01-03T13:59:30Z", "2025-01-03T14:00:30Z")),
        ("around:2025-01-03T14:00~5m", range("2025-01-03T13:55Z", "2025-01-03T14:05Z")),
        ("since:2025-01-03T14:00+03:00", range("2025-01-03T11:00Z", nil)),
        ("since:2025-01-03T14:00-0330 tz:+05:00", range("2025-01-03T17:30Z", nil)),
        ("since:2025-01-03T14:00 tz:+05:00", range("2025-01-03T09:00Z", nil)),
        ("since:2025-01-03T14:05:06.1234567Z", range("2025-01-03T14:05:06.123456Z", nil)),
        ("since:2025-01-03T14:05:60Z", range("2025-01-03T14:05:59Z", nil)),
        ("since:1735862401", range("2025-01-03T00:00:01Z", nil)),
        ("since:1735862401119", range("2025-01-03T00:00:01.119Z", nil)),
        ("since:1735862401119348", range("2025-01-03T00:00:01.119348Z", nil)),
        ("since:1735862401119348999", range("2025-01-03T00:00:01.119348Z", nil)),
        ("on:today tz:+14:00", range("2025-01-15T10:00Z", "2025-01-16T10:00Z")),
        ("on:today tz:-11:00", range("2025-01-14T11:00Z", "2025-01-15T11:00Z")),
        ("since:1h since:2h until:now until:30m", range("2025-01-15T09:20:30.123456Z", "2025-01-15T09:50:30.123456Z")),
        ("on:today since:1h", range("2025-01-15T09:20:30.123456Z", "2025-01-16T00:00Z")),
    ])
    func ranges(text: String, expected: TimeRange) throws {
        let plan = try plan(text)
        #expect(plan.range == expected)
        #expect(plan.warnings.isEmpty)
    }

    // Berlin: 2025-03-30T02:00 is skipped, 2025-10-26T02:00 to 03:00 comes twice.
    @Test(arguments: [
        ("on:2025-01-03", range("2025-01-02T23:00Z", "2025-01-03T23:00Z")),
        ("on:2025-07-03", range("2025-07-02T22:00Z", "2025-07-03T22:00Z")),
        ("on:2025-03-30", range("2025-03-29T23:00Z", "2025-03-30T22:00Z")),
        ("on:2025-10-26", range("2025-10-25T22:00Z", "2025-10-26T23:00Z")),
        ("since:2025-03-30T02:30", range("2025-03-30T01:30Z", nil)),
        ("since:2025-10-26T02:30", range("2025-10-26T00:30Z", nil)),
        ("since:now/w", range("2025-01-12T23:00Z", nil)),
    ])
    func namedZone(text: String, expected: TimeRange) throws {
        let plan = try plan("tz:Europe/Berlin " + text)
        #expect(plan.range == expected)
        #expect(plan.zone.name == "Europe/Berlin")
    }

    @Test func noClauseIsNoRange() throws {
        #expect(try plan("a").range == nil)
        #expect(try plan("a tz:UTC").range == nil)
        #expect(try plan("a").zone.name == "UTC")
        #expect(try plan("tz:+05:30").zone.name == "+05:30")
        #expect(try plan("tz:+00:00").zone.name == "UTC")
    }

    @Test func farTimesAreBounded() throws {
        #expect(try plan("until:now+15250000w").range == range(nil, nil))
        #expect(
            try plan("since:9999999999999999999").range
                == TimeRange(since: TimeRange.all.until, until: TimeRange.all.until))
    }

    @Test func anEmptyRangeIsSaid() throws {
        let plan = try plan("ü between:30m..2h")
        #expect(plan.range?.isEmpty == true)
        #expect(plan.warnings.map(\.code) == ["empty_range"])
        #expect(plan.warnings.first?.offset == 2)
        #expect(plan.warnings.first?.length == 15)
    }

    /// An entry's identity tells its time.
    @Test func aroundAnEntry() throws {
        let id = EntryKey(time: planNow.microseconds, device: 1, session: 2, sequence: 3).id
        let range = try plan("around:#\(id)~5s").range
        #expect(range?.since.microseconds == planNow.microseconds - 5_000_000)
        #expect(range?.until.microseconds == planNow.microseconds + 5_000_000)
        #expect(try plan("around:#\(id)").range?.since.microseconds == planNow.microseconds - 30_000_000)
    }

    @Test(
        arguments: [
            ("tz:Europe/Berlim", "unknown_zone", 0, 16, "tz:Europe/Berlin"),
            ("tz:europe/berlin", "unknown_zone", 0, 16, "tz:Europe/Berlin"),
            ("tz:Nowhere/Land", "unknown_zone", 0, 15, nil),
            ("tz:UTC a tz:+01:00", "conflicting_zone", 9, 9, nil),
            ("a around:#b-1~5s", "invalid_id", 2, 14, nil),
        ] as [(String, String, Int, Int, String?)])
    func errors(text: String, code: String, offset: Int, length: Int, suggestion: String?) throws {
        let errors = try planErrors(text)
        #expect(errors.map(\.code) == [code])
        #expect(errors.first?.offset == offset)
        #expect(errors.first?.length == length)
        #expect(errors.first?.suggestion == suggestion)
    }

    @Test func theSameZoneTwiceIsNoConflict() throws {
        #expect(try plan("tz:UTC tz:UTC").zone.name == "UTC")
    }
}
