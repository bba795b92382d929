import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct TimeFilterTests {
    @Test(arguments: [
        ("time:>2025-01-03T14:00", range("2025-01-03T14:00:00.000001Z", nil)),
        ("time:>=2025-01-03", range("2025-01-03T00:00Z", nil)),
        ("time:<2025-01-03", range(nil, "2025-01-03T00:00Z")),
        ("time:<=2025-01-03", range(nil, "2025-01-03T00:00:00.000001Z")),
        ("time:2025-01-03", range("2025-01-03T00:00Z", "2025-01-03T00:00:00.000001Z")),
        ("timestamp:[2025-01-03 TO 2025-01-04}", range("2025-01-03T00:00Z", "2025-01-04T00:00Z")),
        ("time:2025-01-03..2025-01-04", range("2025-01-03T00:00Z", "2025-01-04T00:00:00.000001Z")),
        ("time:{* TO \"2025-01-03 14:00\"]", range(nil, "2025-01-03T14:00:00.000001Z")),
        ("time:>=1h", range("2025-01-15T09:20:30.123456Z", nil)),
        ("time:>=today tz:+03:00", range("2025-01-14T21:00Z", nil)),
        ("time:>=1735862401119348", range("2025-01-03T00:00:01.119348Z", nil)),
    ])
    func times(text: String, expected: TimeRange) throws {
        #expect(try planned(text) == .time(expected))
        #expect(
            try planned(text.replacing("timestamp", with: "time").replacing("time", with: "received"))
                == .received(expected))
    }

    @Test func setsAndNegations() throws {
        let exact = Filter.time(range("2025-01-03T00:00Z", "2025-01-03T00:00:00.000001Z"))
        #expect(try planned("time:!=2025-01-03") == .not(exact))
        #expect(try planned("time:in(2025-01-03)") == .any([exact]))
        #expect(try planned("time:*") == .everything)
    }

    @Test func isNoTimeClause() throws {
        #expect(try plan("time:>2025-01-03").range == nil)
    }

    @Test(arguments: [
        ("time:>5", "invalid_time", 6, 1), ("time:>x", "invalid_time", 6, 1),
        ("received:[a TO *]", "invalid_time", 10, 1),
        ("time:2025*", "invalid_value", 5, 5), ("time:\"2025\"*", "invalid_value", 5, 6),
    ])
    func errors(text: String, code: String, offset: Int, length: Int) throws {
        let errors = try planErrors(text)
        #expect(errors.map(\.code) == [code])
        #expect(errors.first?.offset == offset)
        #expect(errors.first?.length == length)
    }
}
