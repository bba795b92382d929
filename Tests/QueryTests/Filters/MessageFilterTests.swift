import LogDB
import Testing

@testable import Query

@Suite struct MessageFilterTests {
    private static let cases: [(String, Filter)] = [
        ("Timeout", Filter.text(.word(bytes("timeout")))),
        ("message:Timeout", .text(.word(bytes("timeout")))),
        ("\"Timeout\"", .text(.word(bytes("timeout")))),
        ("ÄRGER_5", .text(.word(bytes("ärger_5")))),
        ("worker-thread-3", .text(.phrase(bytes("worker-thread-3"), openEnd: false))),
        ("10.0.0.1", .text(.phrase(bytes("10.0.0.1"), openEnd: false))),
        ("can't", .text(.phrase(bytes("can't"), openEnd: false))),
        ("/usr/bin", .text(.phrase(bytes("/usr/bin"), openEnd: false))),
        ("\"GPS weak\"", .text(.phrase(bytes("gps weak"), openEnd: false))),
        ("\"gps wea\"*", .text(.phrase(bytes("gps wea"), openEnd: true))),
        ("\"gps\"*", .text(.phrase(bytes("gps"), openEnd: true))),
        ("\"a*b\"", .text(.phrase(bytes("a*b"), openEnd: false))),
        ("Obst*", .text(.tokenWildcard(WildcardPattern([.literal(bytes("obst")), .anyRun])))),
        ("*stac*", .text(.tokenWildcard(WildcardPattern([.anyRun, .literal(bytes("stac")), .anyRun])))),
        ("a-b*", .text(.textWildcard(WildcardPattern([.literal(bytes("a-b")), .anyRun])))),
        ("?", .text(.tokenWildcard(WildcardPattern([.anyOne])))),
        ("message:(a OR -b)", .any([.text(.word([97])), .not(.text(.word([98])))])),
        ("message:in(a,\"b c\")", .any([.text(.word([97])), .text(.phrase(bytes("b c"), openEnd: false))])),
        ("message:=Abc", .value(.message, .equals(bytes("Abc"), caseSensitive: true))),
        ("message:>b", .value(.message, .compare(.greater, bytes("b")))),
        ("message:*", .value(.message, .exists)),
        ("*", .everything), ("\"\"", .everything), ("message:**", .value(.message, .exists)),
        ("a b", .all([.text(.word([97])), .text(.word([98]))])),
        ("a OR b", .any([.text(.word([97])), .text(.word([98]))])),
    ]

    @Test(arguments: cases) func tests(query: String, expected: Filter) throws {
        #expect(try planned(query) == expected)
    }
}
