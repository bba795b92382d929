import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct LevelFilterTests {
    @Test(arguments: [
        ("level:ERROR", [Level.error]), ("level:error", [.error]), ("level:\"Error\"", [.error]),
        ("level:warning", [.warn]), ("level:critical", [.fatal]), ("level:notice", [.info]), ("level:trace", [.debug]),
        ("level:emerg", [.fatal]),
        ("level:>=WARN", [.warn, .error, .fatal]), ("level:>WARN", [.error, .fatal]),
        ("level:<WARN", [.debug, .info]), ("level:<=warn", [.debug, .info, .warn]), ("level:=warn", [.warn]),
        ("level:!=warn", [.debug, .info, .error, .fatal]),
        ("level:[INFO TO ERROR]", [.info, .warn, .error]), ("level:{INFO TO ERROR}", [.warn]),
        ("level:warn..fatal", [.warn, .error, .fatal]), ("level:[* TO INFO]", [.debug, .info]),
        ("level:in(WARN,error)", [.warn, .error]), ("level:*r*", [.warn, .error]),
        ("level:?????", [.debug, .error, .fatal]),
        ("level:\"F\"*", [.fatal]), ("level:[ERROR TO INFO]", []),
    ])
    func sets(text: String, levels: [Level]) throws {
        #expect(try planned(text) == .level(levels.reduce(into: LevelSet()) { $0.insert(LevelSet($1)) }))
    }

    @Test func groups() throws {
        #expect(
            try planned("level:(WARN OR ERROR)") == .any([.level(LevelSet(.warn)), .level(LevelSet(.error))]))
        #expect(try planned("level:*") == .everything)
        #expect(try planned("missing:level") == .not(.everything))
    }

    @Test(arguments: [
        ("level:EROR", 6, 4, "ERROR"), ("level:>=wran", 8, 4, "WARN"), ("level:x", 6, 1, "ERROR"),
        ("level:(warn or error)", 12, 2, "OR"), ("level:in(INFO,inof)", 14, 4, "INFO"),
        ("level:criticl", 6, 7, "FATAL"),
        ("level:[a TO INFO]", 7, 1, "ERROR"), ("level:z*", 6, 2, "ERROR"), ("level:\"\"", 6, 2, "ERROR"),
    ])
    func unknown(text: String, offset: Int, length: Int, suggestion: String) throws {
        let errors = try planErrors(text)
        #expect(errors.map(\.code) == ["unknown_level"])
        #expect(errors.first?.offset == offset)
        #expect(errors.first?.length == length)
        #expect(errors.first?.suggestion == suggestion)
        #expect(errors.first?.expected == ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
    }
}
