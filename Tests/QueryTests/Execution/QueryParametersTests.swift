import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct QueryParametersTests {
    private func code(_ body: () throws(QueryErrors) -> Void) -> String? {
        do throws(QueryErrors) {
            try body()
            return nil
        } catch { return error.diagnostics.first?.code }
    }

    @Test func fields() throws {
        #expect(try QueryParameters.field("level") == .level)
        #expect(try QueryParameters.field("dsn") == .device)
        #expect(try QueryParameters.field("camera id") == .context("camera id"))
        #expect(try QueryParameters.field("@level") == .context("level"))
        #expect(code { () throws(QueryErrors) in _ = try QueryParameters.field("") } == "expected_field")
        #expect(code { () throws(QueryErrors) in _ = try QueryParameters.field("environment") } == "joined_field")
    }

    @Test func durations() throws {
        #expect(try QueryParameters.duration("1h30m") == 5_400_000_000)
        for text in ["", "5", "1 h", "0s", "1ns"] {
            #expect(
                code { () throws(QueryErrors) in _ = try QueryParameters.duration(text) } == "invalid_duration",
                "\(text)")
        }
    }

    @Test func instants() throws {
        #expect(try QueryParameters.instant("1h", now: planNow) == time("2025-01-15T09:20:30.123456Z"))
        #expect(try QueryParameters.instant("2025-01-03 14:00", now: planNow) == time("2025-01-03T14:00Z"))
        #expect(try QueryParameters.instant("1735862401", now: planNow) == time("2025-01-03T00:00:01Z"))
        #expect(code { () throws(QueryErrors) in _ = try QueryParameters.instant("5", now: planNow) } == "invalid_time")
    }
}
