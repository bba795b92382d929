import LogDB
import Testing

@testable import Query

/// Whole values of identifiers and context attributes.
@Suite struct ValueFilterTests {
    private func pattern(_ pieces: WildcardPattern.Piece...) -> ValueTest { .wildcard(WildcardPattern(pieces)) }

    private static let cases: [(String, Filter)] = [
        ("module:Nav", Filter.value(.module, equals("nav"))),
        ("module:\"Nav\"", .value(.module, equals("nav"))),
        ("module:=Nav", .value(.module, exactly("Nav"))),
        ("module:!=Nav", .not(.value(.module, exactly("Nav")))),
        ("ip:10.0.0.1:8080", .value(.context("ip"), equals("10.0.0.1:8080"))),
        ("retry_count:>2", .value(.context("retry_count"), compare(.greater, "2"))),
        ("retry_count:<=-2.5", .value(.context("retry_count"), compare(.lessOrEqual, "-2.5"))),
        ("x:\">2\"", .value(.context("x"), equals(">2"))),
        ("timeout_ms:[100 TO *]", .all([.value(.context("timeout_ms"), compare(.greaterOrEqual, "100"))])),
        (
            "x:{1 TO 5]",
            .all([.value(.context("x"), compare(.greater, "1")), .value(.context("x"), compare(.lessOrEqual, "5"))])
        ),
        (
            "x:1..5",
            .all([
                .value(.context("x"), compare(.greaterOrEqual, "1")), .value(.context("x"), compare(.lessOrEqual, "5")),
            ])
        ),
        ("x:[* TO *]", .value(.context("x"), .exists)),
        ("event:in(E1,e2)", .any([.value(.context("event"), equals("e1")), .value(.context("event"), equals("e2"))])),
        ("event:IN [E1 e2]", .any([.value(.context("event"), equals("e1")), .value(.context("event"), equals("e2"))])),
        ("x:*", .value(.context("x"), .exists)),
        ("has:thread", .value(.thread, .exists)),
        ("missing:x", .not(.value(.context("x"), .exists))),
        ("-x:1", .not(.value(.context("x"), equals("1")))),
        ("x:(a OR NOT b)", .any([.value(.context("x"), equals("a")), .not(.value(.context("x"), equals("b")))])),
        (
            "x:(>1 <5)",
            .all([.value(.context("x"), compare(.greater, "1")), .value(.context("x"), compare(.less, "5"))])
        ),
        ("module:ÄRGER", .value(.module, equals("ärger"))),
        // An identifier that is empty is one that is not there; an attribute can be both.
        ("session:\"\"", .not(.value(.session, .exists))),
        ("session:=\"\"", .not(.value(.session, .exists))),
        ("session:!=\"\"", .not(.not(.value(.session, .exists)))),
        ("thread:in(\"\",7)", .any([.not(.value(.thread, .exists)), .value(.thread, equals("7"))])),
        ("x:\"\"", .value(.context("x"), equals(""))),
    ]

    @Test(arguments: cases) func tests(text: String, expected: Filter) throws {
        #expect(try planned(text) == expected)
    }

    @Test func wildcards() throws {
        #expect(try planned("device:Drone-*") == .value(.device, pattern(.literal(bytes("drone-")), .anyRun)))
        #expect(
            try planned("device:d?e") == .value(.device, pattern(.literal(bytes("d")), .anyOne, .literal(bytes("e")))))
        #expect(try planned("device:\"D*\"") == .value(.device, equals("d*")))
        #expect(try planned(#"device:D\*"#) == .value(.device, equals("d*")))
        #expect(try planned("device:\"D*\"*") == .value(.device, pattern(.literal(bytes("d*")), .anyRun)))
        #expect(try planned("x:in(a*)") == .any([.value(.context("x"), pattern(.literal(bytes("a")), .anyRun))]))
    }

    @Test(arguments: [
        ("session_id:a", Field.session), ("module_name:a", .module), ("logger_name:a", .logger),
        ("process_id:a", .process), ("thread_id:a", .thread), ("dsn:a", .device), ("logger:a", .logger),
        ("@module:a", .context("module")), ("context.module:a", .context("module")),
        ("@context.module:a", .context("context.module")), ("camera_id:a", .context("camera_id")),
        ("\"since\":a", .context("since")), ("\"module\":a", .module), ("Module:a", .context("Module")),
    ])
    func names(text: String, expected: Field) throws {
        #expect(try planned(text) == .value(expected, equals("a")))
    }

    @Test(arguments: [
        ("latency_ms:>2s", "2000"), ("latency_us:>2ms", "2000"), ("latency_ns:>1us", "1000"), ("latency:>2m", "120"),
        ("latency:>1500us", "0.0015"), ("latency_ms:>-1.5s", "-1500"), ("size:>10KB", "10000"),
        ("size:>10KiB", "10240"),
        ("size:>1.5M", "1500000"), ("size:>1GiB", "1073741824"), ("load:>80%", "80"), ("x:>5", "5"), ("x:>5x", "5x"),
        ("x:>v1m", "v1m"), ("x:>\"5m\"", "5m"), ("age_seconds:>1h", "3600"), ("x:>1h30m", "1h30m"),
    ])
    func units(text: String, operand: String) throws {
        guard case .value(_, .compare(.greater, let found)) = try planned(text) else {
            Issue.record("No comparison.")
            return
        }
        #expect(String(decoding: found, as: UTF8.self) == operand)
    }

    @Test func unitsInRangesAndNotInText() throws {
        #expect(
            try planned("size:[1KB TO 2KB}")
                == .all([
                    .value(.context("size"), compare(.greaterOrEqual, "1000")),
                    .value(.context("size"), compare(.less, "2000")),
                ]))
        #expect(try planned("size:1KB") == .value(.context("size"), equals("1kb")))
        #expect(try planned("size:=1KB") == .value(.context("size"), exactly("1KB")))
    }

    @Test(
        arguments: [
            ("x:>5*", "invalid_value", 3, 2, "\"5*\""), ("x:[a* TO b]", "invalid_value", 3, 2, "\"a*\""),
            ("environment:>a*", "invalid_value", 13, 2, "\"a*\""),
        ] as [(String, String, Int, Int, String?)])
    func errors(text: String, code: String, offset: Int, length: Int, suggestion: String?) throws {
        let errors = try planErrors(text)
        #expect(errors.map(\.code) == [code])
        #expect(errors.first?.offset == offset)
        #expect(errors.first?.length == length)
        #expect(errors.first?.suggestion == suggestion)
    }

    @Test func patternsOfTheLettersAsWritten() throws {
        let pattern = WildcardPattern([.literal(Array("Nav".utf8)), .anyRun], isExact: true)
        #expect(try planned("module:=Nav*") == .value(.module, .exactWildcard(pattern)))
        #expect(try planned("x:!=Nav*") == .not(.value(.context("x"), .exactWildcard(pattern))))
        #expect(try planned("x:=*") == .value(.context("x"), .exists))
        #expect(try planned("x:=\"Nav*\"") == .value(.context("x"), exactly("Nav*")))
    }

    @Test func fieldsOfTheFleetAndTheSession() throws {
        #expect(try planned("environment:production") == .joined(.environment, equals("production")))
        #expect(try planned("-device_type:drone") == .not(.joined(.deviceType, equals("drone"))))
        #expect(try planned("has:session_status") == .joined(.sessionStatus, .exists))
        #expect(try planned("missing:session_status") == .not(.joined(.sessionStatus, .exists)))
        #expect(
            try planned("environment:(a OR b)")
                == .any([.joined(.environment, equals("a")), .joined(.environment, equals("b"))]))
    }

    @Test func aForcedAttributeIsNoFleetField() throws {
        #expect(try planned("@environment:x") == .value(.context("environment"), equals("x")))
    }

    @Test func allErrorsAtOnce() throws {
        #expect(
            try planErrors("/(/ level:x environment:>y* | sort a | fields a | sort b").map(\.offset)
                == [1, 10, 25, 55])
    }

    @Test(arguments: [
        ("modul:x", ["module"]), ("Level:x", ["level"]), ("sesion_id:x", ["session_id"]), ("since_:x", ["since"]),
        ("camera_id:x", []), ("@modul:x", []), ("context.modul:x", []), ("ip:x", ["id"]),
        ("a | stats count() by modul", ["module"]), ("missing:modlue", ["module"]),
    ])
    func doubtfulNames(text: String, resembles: [String]) throws {
        #expect(try plan(text).doubtfulNames.map(\.resembles) == resembles)
    }
}
