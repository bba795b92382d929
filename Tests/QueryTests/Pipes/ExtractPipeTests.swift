import LogDB
import Testing

@testable import Query

@Suite struct ExtractPipeTests {
    private let entries = [
        entry(0, "retry 3 of 5 failed", context: ["path": "/a/b", "n": "old"]), entry(1, "code=42; user=jo smith"),
        entry(2, "Größe <12> von 15"), entry(3, "retry  of 7"),
    ]

    private static let cases: [(String, [[String]])] = [
        (#"extract "retry <n> of <max>" | fields n, max"#, [["", "7"], ["-", "-"], ["-", "-"], ["3", "5"]]),
        (#"extract "retry <n> of <max*>" | fields max"#, [["7"], ["-"], ["-"], ["5 failed"]]),
        (#"extract "code=<code>; user=<user*>" | fields code, user | limit 3 | tail 1"#, [["42", "jo smith"]]),
        (#"extract "<_> of <max> <_>" | where max:* | fields max"#, [["5"]]),
        (#"extract "Größe <<size>> von <all>" | where has:size | fields size, all"#, [["12", "15"]]),
        (#"extract "/<dir>/" from path | where has:dir | fields dir"#, [["a"]]),
        (
            #"extract_regex /retry (?<n>[0-9]*) of (?P<max>[0-9]+)/ | fields n, max"#,
            [["", "7"], ["-", "-"], ["-", "-"], ["3", "5"]]
        ),
        (#"extract_regex "(?i)CODE=(?<code>\\d+)" | where code:>40 | fields code"#, [["42"]]),
        (#"extract "retry <n> of" | stats count(n) as c, sum(n) as s"#, [["2", "3"]]),
    ]

    @Test func columnsAreTaken() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            for (pipe, rows) in Self.cases {
                #expect(try await table("| \(pipe)", on: store).shown == rows, "\(pipe)")
            }
        }
    }

    /// A column covers an attribute of its name, which is shown once.
    @Test func aColumnCoversAnAttribute() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let found = try await table(#"retry n:old | extract "retry <n> of""#, on: store)
            #expect(found.columns.suffix(2) == ["context", "n"])
            #expect(found.shown.first?.suffix(2) == ["path=/a/b", "3"])
        }
    }

    @Test(arguments: [
        ("a (?<n>b)", "a (?P<n>b)"), (#"\(?<n>"#, #"\(?<n>"#), ("[(?<n>]", "[(?<n>]"), ("(?<=a)b", "(?<=a)b"),
        ("(?P<n>b)(?:c)", "(?P<n>b)(?:c)"),
    ])
    func groupsAreRespelled(pattern: String, respelled: String) { #expect(NamedGroups.respelled(pattern) == respelled) }
}
