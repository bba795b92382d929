import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct RegexFilterTests {
    private func regex(_ pattern: String, ignoresCase: Bool = false) throws -> RegexPattern {
        try RegexPattern(pattern, ignoresCase: ignoresCase)
    }

    @Test func inTheMessage() throws {
        #expect(try planned("/a.b/") == .text(.regex(regex("a.b"))))
        #expect(try planned("message:/a b/i") == .text(.regex(regex("a b", ignoresCase: true))))
        #expect(try planned(#"/a|b\/c/i"#) == .text(.regex(regex(#"a|b\/c"#, ignoresCase: true))))
        #expect(try planned("x -/a/") == .all([.text(.word(bytes("x"))), .not(.text(.regex(regex("a"))))]))
        #expect(try planned("/usr/bin") == .text(.phrase(bytes("/usr/bin"), openEnd: false)))
    }

    @Test func inOtherFields() throws {
        for field in [Field.device, .session, .module, .logger, .process, .thread, .context("camera_id")] {
            #expect(try planned("\(field.name):/^a+$/") == .value(field, .regex(regex("^a+$"))))
        }
        #expect(try planned("@level:/a/") == .value(.context("level"), .regex(regex("a"))))
        #expect(
            try planned("module:(/a/ OR NOT /b/i)")
                == .any([
                    .value(.module, .regex(regex("a"))), .not(.value(.module, .regex(regex("b", ignoresCase: true)))),
                ]))
    }

    @Test(arguments: [
        ("level:/^(WARN|ERROR)$/", [Level.warn, .error]), ("level:/R/", [.warn, .error]), ("level:/r$/i", [.error]),
        ("level:/./", [.debug, .info, .warn, .error, .fatal]), ("level:(/^I/ OR FATAL)", [.info, .fatal]),
    ])
    func levels(text: String, levels: [Level]) throws {
        let filter = try planned(text)
        if case .any(let filters) = filter {
            #expect(filters == levels.map { .level(LevelSet($0)) })
        } else {
            #expect(filter == .level(levels.reduce(into: LevelSet()) { $0.insert(LevelSet($1)) }))
        }
    }

    @Test(
        arguments: [
            // The place is that of the fault, in characters.
            ("/a(b/", "invalid_regex", 2, 1, #"\("#), ("ü x:/ü[z-a]ü/i", "invalid_regex", 7, 3, nil),
            ("a | stats count() by b", nil, 0, 0, nil), (#"a /(\w+) \1/"#, "invalid_regex", 9, 2, nil),
            ("-/*/", "invalid_regex", 2, 1, #"\*"#), ("message:/(?<=a)b/", "invalid_regex", 9, 3, nil),
            ("/.{1000}{1000}/", "invalid_regex", 2, 12, nil), ("/(.{1000}){1000}/", "invalid_regex", 10, 6, nil),
            ("x:/.{1000}/", "regex_too_large", 3, 7, nil), (#"/\pL{1000}/"#, "regex_too_large", 1, 9, nil),
            ("level:/warn/", "unknown_level", 6, 6, "/warn/i"), ("level:/x/i", "unknown_level", 6, 4, nil),
            ("time:/2025/", "invalid_value", 5, 6, nil), ("received:/a/", "invalid_value", 9, 3, nil),
            ("id:/a/", "invalid_value", 3, 3, nil), ("environment:/(/", "invalid_regex", 13, 1, #"\("#),
        ] as [(String, String?, Int, Int, String?)])
    func errors(text: String, code: String?, offset: Int, length: Int, suggestion: String?) throws {
        let errors = try planErrors(text)
        #expect(errors.map(\.code) == (code.map { [$0] } ?? []))
        guard let error = errors.first else { return }
        #expect(error.offset == offset && error.length == length)
        #expect(error.suggestion == suggestion)
        #expect(!error.message.isEmpty)
    }

    @Test func everyFaultIsTold() throws {
        #expect(try planErrors("/a(/ OR x:/[b/ OR level:/c/").map(\.offset) == [2, 11, 24])
    }

    @Test func theirNumberIsBounded() throws {
        let most = (0..<QueryLimits.regexCountMax).map { "/a\($0)/" }.joined(separator: " OR ")
        #expect(try planErrors(most) == [])
        let errors = try planErrors(most + " OR x:/b/ OR /c/")
        #expect(errors.map(\.code) == ["too_many_regexes"])
        #expect(errors.first?.offset == most.count + 6)
        #expect(errors.first?.length == 3)
        // Those that are no expressions count as well.
        #expect(try planErrors(String(repeating: "/(/ ", count: 2_000)).count == QueryLimits.regexCountMax + 1)
    }

    @Test func theirSizesAreBoundedTogether() throws {
        let large = "/a.{400}/"
        #expect(try planErrors(large) == [])
        let errors = try planErrors("\(large) \(large) \(large)")
        #expect(errors.map(\.code) == ["regex_too_large"])
        #expect(errors.first?.offset == large.count + 1)
        #expect(errors.first?.length == large.count)
        #expect(errors.first?.message.contains("\(QueryLimits.regexInstructionCountMax)") == true)
    }
}
