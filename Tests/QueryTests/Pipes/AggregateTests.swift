import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct AggregateTests {
    private let entries = [
        entry(0, "a", level: .warn, device: "d1", module: "nav", context: ["n": "10", "t": "x"]),
        entry(70, "b", level: .error, device: "d1", module: "nav", context: ["n": "9.5"]),
        entry(80, "c", level: .warn, device: "d2", module: "vision", context: ["t": "y"]),
        entry(3_700, "a", level: .debug, device: "d2", module: "nav", context: ["n": "10", "t": "none"]),
    ]

    private static let cases: [(String, [[String]])] = [
        ("| stats count(n), count(n, t), count(module)", [["3", "4", "4"]]),
        ("| stats count_uniq(n), count_uniq(device, module), count_uniq(zz)", [["2", "3", "0"]]),
        ("| stats sum(n), avg(n), min(n), max(n)", [["29.5", "9.833333333333334", "9.5", "10"]]),
        ("| stats sum(t), min(t), max(t), min(level), max(level)", [["-", "none", "y", "DEBUG", "ERROR"]]),
        ("| stats first(n) as f, last(n) as l by module", [["nav", "10", "10"], ["vision", "-", "-"]]),
        ("| stats first(message), last(message), first(t), last(t)", [["a", "a", "x", "none"]]),
        ("| stats min(time), max(time)", [["2025-01-15T10:00", "2025-01-15T11:01"]]),
        (
            "| stats min(time) if (level:WARN) as a, max(time) if (level:WARN) as b, max(time) if (zz) as c, count() as n",
            [["2025-01-15T10:00", "2025-01-15T10:01", "-", "4"]]
        ),
        ("| stats quantile(0, n), quantile(0.5, n), quantile(1, n)", [["9.5", "10", "10"]]),
        (
            "| stats count() if (level:>=WARN) as bad, count() as all by device",
            [["d1", "2", "2"], ["d2", "1", "2"]]
        ),
        ("| stats max(n) if (module:vision), count() if (zz)", [["-", "0"]]),
        ("between:2025-01-15T10:00..2025-01-15T12:00 | stats rate()", [["0.0005555555555555556"]]),
        (
            "| stats rate() by bin(1h)",
            [["2025-01-15T10:00", "0.0008333333333333334"], ["2025-01-15T11:00", "0.0002777777777777778"]]
        ),
        ("| stats count() as c by module | stats sum(c), max(c) as m, count()", [["4", "3", "2"]]),
        (
            "| stats count() as c by module, device | stats max(c) by module | sort module desc",
            [["vision", "1"], ["nav", "2"]]
        ),
        ("nothing | stats count(n), sum(n), first(n), count_uniq(n)", [["0", "-", "-", "0"]]),
        ("| top 1 module", [["nav", "3"]]), ("| rare 1 module", [["vision", "1"]]),
        ("| top 9 t", [["none", "1"], ["x", "1"], ["y", "1"]]),
        ("| uniq device, module", [["d1", "nav"], ["d2", "nav"], ["d2", "vision"]]),
        ("| uniq n with hits", [["9.5", "1"], ["10", "2"]]),
        ("| fieldvalues level", [["WARN", "2"], ["DEBUG", "1"], ["ERROR", "1"]]),
        ("| fieldnames | where name:(n OR t OR module OR thread)", [["module", "4"], ["n", "3"], ["t", "3"]]),
        ("| fields level, n | fieldnames", [["level", "4"], ["n", "3"]]),
        ("| stats count() by session_status, environment", [["active", "-", "4"]]),
    ]

    /// Counted by the engine and from the rows it is the same.
    @Test(arguments: [false, true]) func answers(sealed: Bool) async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            if sealed { try await store.compact { _, _ in } }
            for (text, rows) in Self.cases {
                #expect(try await table(text, on: store).shown == rows, "\(text)")
                let read = text.replacing("| ", with: "| limit 1000 | ", maxReplacements: 1)
                #expect(try await table(read, on: store).shown == rows, "\(read)")
            }
        }
    }

    @Test func timechartHasEveryBucket() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            let range = "between:2025-01-15T10:00..2025-01-15T11:30"
            #expect(
                try await table("\(range) | timechart 30m count(), max(n)", on: store).shown == [
                    ["2025-01-15T10:00", "3", "10"], ["2025-01-15T10:30", "0", "-"], ["2025-01-15T11:00", "1", "10"],
                ])
            let split = try await table("\(range) | timechart 1h count() as n by device | where n:0", on: store)
            #expect(split.shown == [["2025-01-15T11:00", "d1", "0"]])
            let open = try await table("| timechart 1h count() as n", on: store)
            #expect(open.shown == [["2025-01-15T10:00", "3"], ["2025-01-15T11:00", "1"]])
            #expect(try await table("nothing | timechart 1h count()", on: store).shown == [])
            let error = await #expect(throws: QueryErrors.self) {
                _ = try await table("\(range) | timechart 1ms count()", on: store)
            }
            #expect(error?.diagnostics.first?.code == "too_many_buckets")
        }
    }

    @Test func whereItCameFromIsTold() async throws {
        try await withStore(entries) { (store: LogStore) async throws -> Void in
            for (text, source) in [
                ("| stats count_uniq(device) by module", "aggregate"), ("| top 5 module", "aggregate"),
                ("level:WARN | timechart 1h count() by level", "aggregate"), ("| fieldvalues n", "aggregate"),
                ("| fieldnames", "field names of the blocks"),
                ("| stats min(time), max(time) if (level:WARN)", "aggregate"),
                ("| stats first(n), last(module)", "aggregate"), ("| stats first(n) by module", "scan, newest first"),
                ("| limit 2 | stats count()", "scan, newest first"),
            ] {
                let told = try await table("\(text) | explain | where part:source | fields value", on: store)
                #expect(told.shown == [[source]], "\(text)")
            }
        }
    }

    @Test func manyDifferentValuesAreEstimated() async throws {
        let count = 80_000
        let batches = (0..<4).map { part in
            (0..<(count / 4)).map { entry($0, "m", module: "p\(part)", context: ["id": "\(part)-\($0)"]) }
        }
        try await withStore(batches[0], batches[1], batches[2], batches[3]) { (store: LogStore) async throws -> Void in
            for text in ["| stats count_uniq(id) as n", "| limit 1000000 | stats count_uniq(id) as n"] {
                let answer = try await table(text, on: store)
                guard case .integer(let estimate) = answer.rows[0][0] else { throw UnexpectedAnswer() }
                #expect(abs(Double(estimate) - Double(count)) < Double(count) * 0.025, "\(text): \(estimate)")
                #expect(answer.warnings.map(\.code) == ["approximate_count"])
            }
            let exact = try await table("| stats count_uniq(id) as n by module | where n:20000", on: store)
            #expect(exact.rows.count == 4)
            #expect(exact.warnings.isEmpty)
            for pipe in ["stats count() by id", "dedup id", "sort id", "uniq id", "tail 70000", "context 1"] {
                let error = await #expect(throws: LogError.self, "\(pipe)") {
                    _ = try await messagesOrRows("| \(pipe)", context(memory: 1 << 20), on: store)
                }
                #expect(error?.code == .memoryBudget, "\(pipe)")
                let name = pipe.split(separator: " ")[0]
                #expect(error?.message.contains("The pipe \(name) needs") == true, "\(error?.message ?? "")")
            }
        }
    }
}

/// Reads all rows of an answer, whatever they are.
func messagesOrRows(_ text: String, _ context: QueryContext, on store: LogStore) async throws -> Int {
    switch try await LogQuery(text, context: context).run(on: store) {
    case .entries(let answer):
        var count = 0
        for try await rows in answer { count += rows.count }
        return count
    case .table(let answer): return try await answer.rows().count
    }
}
