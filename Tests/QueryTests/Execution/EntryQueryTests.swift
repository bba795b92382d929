import LogDB
import LogModel
import Testing

@testable import Query

/// Queries on a real store, from the text to the rows.
@Suite struct EntryQueryTests {
    private let entries = [
        entry(0, "boot complete", level: .info, device: "Drone-1", module: "System"),
        entry(
            1, "GPS signal weak: 3 satellites", level: .warn, device: "Drone-1", module: "navigation",
            context: ["retry_count": "2", "ip": "10.0.0.1:8080"]),
        entry(
            2, "Obstacle detected by worker-thread-3", level: .error, device: "Drone-2", module: "vision",
            context: ["retry_count": "10"]),
        entry(
            3, "received blocks", level: .debug, device: "Rover-1", session: "", module: "net", context: ["event": "E1"]
        ),
        entry(
            4, "can't open /usr/bin", level: .fatal, device: "Rover-1", session: "s2", module: "Navigation",
            context: ["event": "e2"]),
    ]

    private static let cases: [(String, [Int])] = [
        ("", [4, 3, 2, 1, 0]), ("*", [4, 3, 2, 1, 0]),
        ("gps", [1]), ("GPS weak", [1]), ("\"gps signal\"", [1]), ("\"gps sig\"", []), ("\"gps sig\"*", [1]),
        ("\"received block\"", []), ("obst*", [2]), ("*stac*", [2]), ("worker-thread-3", [2]), ("worker-thread", [2]),
        ("/GPS.*[0-9] sat/", [1]), ("/gps/", []), ("/gps/i", [1]), ("/^received|bin$/", [4, 3]),
        ("-/[aeiou]{2}/", [4]),
        ("/worker-\\w+-\\d/ level:ERROR", [2]), ("message:/^.{15}$/", [3]), ("/no such message/", []),
        ("module:/^nav/", [1]), ("module:/^nav/i", [4, 1]), ("device:/-[1-9]$/ -device:/^R/", [2, 1, 0]),
        ("session:/^s2$/", [4]), ("retry_count:/^.$/", [1]), ("-retry_count:/./", [4, 3, 0]),
        ("ip:/^10\\.\\d+\\./", [1]), ("event:(/1/ OR /^e2/)", [4, 3]), ("level:/^(WARN|FATAL)$/", [4, 1]),
        ("can't", [4]), ("/usr/bin", [4]), ("gps OR received", [3, 1]), ("NOT gps", [4, 3, 2, 0]),
        ("NOT gps OR gps", [4, 3, 2, 1, 0]), ("-(gps OR received) -boot", [4, 2]),
        ("level:>=WARN", [4, 2, 1]), ("level:(WARN OR ERROR)", [2, 1]), ("level:warning", [1]),
        ("-level:>=WARN", [3, 0]),
        ("module:navigation", [4, 1]), ("module:=navigation", [1]), ("module:nav*", [4, 1]), ("module:\"nav*\"", []),
        ("device:Drone-* level:>=WARN", [2, 1]), ("dsn:rover-1", [4, 3]), ("missing:session", [3]),
        ("has:session_id", [4, 2, 1, 0]),
        ("retry_count:>2", [2]), ("retry_count:>=2", [2, 1]), ("retry_count:[2 TO 10}", [1]), ("retry_count:1..5", [1]),
        ("-retry_count:2", [4, 3, 2, 0]), ("ip:10.0.0.1:8080", [1]), ("event:in(E1,E2)", [4, 3]),
        ("event:IN [E1]", [3]),
        ("has:event", [4, 3]), ("event:* -event:e1", [4]), ("@retry_count:10", [2]), ("context.retry_count:10", [2]),
        ("time:>2025-01-15T10:00:02", [4, 3]), ("time:[2025-01-15T10:00:01 TO 2025-01-15T10:00:02]", [2, 1]),
        ("since:2025-01-15T10:00:03", [4, 3]), ("until:2025-01-15T10:00:01", [0]),
        ("since:2025-01-15T11:00:03+01:00", [4, 3]), ("since:2025-01-15T11:00:03 tz:Europe/Berlin", [4, 3]),
        ("around:2025-01-15T10:00:02~1s", [2, 1]), ("on:today gps", [1]), ("on:yesterday", []),
        ("received:>2025-01-15", [4, 3, 2, 1, 0]), ("received:<2025-01-15", []),
        ("| limit 2", [4, 3]), ("| head 0", []), ("| tail 2", [1, 0]), ("| limit 3 | tail 2", [3, 2]),
        ("| tail 3 | limit 1", [2]), ("| sort time", [0, 1, 2, 3, 4]), ("| sort time | limit 2", [0, 1]),
        ("| sort time | tail 2", [3, 4]), ("| sort level desc", [4, 2, 1, 0, 3]),
        ("| sort device, time desc", [1, 0, 2, 4, 3]),
        ("| sort retry_count desc", [2, 1, 4, 3, 0]), ("| sort retry_count", [1, 2, 4, 3, 0]),
        ("| sort message | tail 2 | limit 1", [4]), ("| limit 3 | sort time | limit 2", [2, 3]),
        ("level:>=INFO | sort module | limit 2", [4, 0]), ("| sort time | sort level", [3, 0, 1, 2, 4]),
    ]

    @Test func answers() async throws {
        try await withStore(entries) { store in
            for (text, expected) in Self.cases {
                let wanted = expected.map { entries[$0].message }
                let whole = try await page(text, context(), on: store)
                #expect(whole.messages == wanted, "\(text)")
                #expect(whole.cursor == nil)
                for limit in 1...6 {
                    let paged = try await pages(text, limit: limit, on: store)
                    #expect(paged.messages == wanted, "\(text), \(limit) a page")
                    #expect(paged.counts.dropLast().allSatisfy { $0 == limit }, "\(text), \(limit) a page")
                    #expect(paged.counts.last != 0 || wanted.isEmpty, "\(text), \(limit) a page")
                }
            }
        }
    }

    @Test func oldestFirst() async throws {
        try await withStore(entries) { store in
            let texts = entries.map(\.message)
            for (text, expected) in [
                ("", [0, 1, 2, 3, 4]), ("| limit 2", [0, 1]), ("| tail 2", [3, 4]), ("| sort level | limit 2", [3, 0]),
            ] {
                for limit in [1, 2, 5] {
                    let found = try await pages(text, limit: limit, order: .oldestFirst, on: store)
                    #expect(found.messages == expected.map { texts[$0] }, "\(text), \(limit) a page")
                }
            }
        }
    }

    @Test func idsAndColumns() async throws {
        try await withStore(entries) { store in
            guard
                case .entries(let answer) = try await LogQuery("gps | fields time, message", context: context()).run(
                    on: store)
            else { throw UnexpectedAnswer() }
            #expect(answer.columns == [.time, .message])
            var ids: [String] = []
            for try await rows in answer { ids += rows.keys.map(\.id) }
            #expect(ids.count == 1)
            let found = try await page("id:\(ids[0])", context(), on: store)
            #expect(found.messages == [entries[1].message])
            #expect(found.columns == nil)
        }
    }

    @Test func theCallersFiltersAndRangeApplyToo() async throws {
        try await withStore(entries) { store in
            var context = context(defaultRange: range("2025-01-15T10:00:04Z", nil))
            context.additionalFilters = [.level(.atLeast(.warn)), .not(.level(LevelSet(.fatal)))]
            context.additionalRange = range(nil, "2025-01-15T10:00:02Z")
            #expect(try await page("", context, on: store).messages == [entries[1].message])
            let query = try LogQuery("since:2025-01-15T10:00:01", context: context)
            #expect(query.range == range("2025-01-15T10:00:01Z", "2025-01-15T10:00:02Z"))
            #expect(!query.isDefaultRange)
        }
    }

    @Test func anAnswerCanBeIteratedAgain() async throws {
        try await withStore(entries) { store in
            guard case .entries(let answer) = try await LogQuery("", context: context(limit: 2)).run(on: store)
            else { throw UnexpectedAnswer() }
            for _ in 0..<2 {
                var count = 0
                for try await rows in answer { count += rows.count }
                #expect(count == 2)
                #expect(answer.nextCursor() != nil)
            }
        }
    }
}
