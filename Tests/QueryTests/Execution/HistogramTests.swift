import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct HistogramTests {
    private let entries = [
        entry(0, "a", level: .warn), entry(10, "b", level: .error), entry(11, "c", level: .warn, module: "m"),
        entry(130, "a", level: .debug),
    ]
    private let minute: Int64 = 60_000_000

    private func histogram(
        _ text: String, step: Int64? = nil, by field: Field? = nil, on store: LogStore
    ) async throws -> Histogram {
        try await LogQuery(text, context: context()).histogram(on: store, step: step, by: field)
    }

    @Test func bucketsWithZeros() async throws {
        try await withStore(entries) { store in
            let found = try await histogram("between:2025-01-15T09:59:30..2025-01-15T10:04", step: minute, on: store)
            #expect(found.buckets.map(\.count) == [0, 3, 0, 1, 0])
            #expect(found.buckets.first?.time == time("2025-01-15T09:59Z"))
            #expect(found.buckets.last?.time == time("2025-01-15T10:03Z"))
            #expect(found.buckets.allSatisfy { $0.values.isEmpty })
            #expect(found.step == minute)
            #expect(found.warnings.isEmpty)
        }
    }

    @Test func byLevel() async throws {
        try await withStore(entries) { store in
            let found = try await histogram(
                "since:2025-01-15T10:00 until:2025-01-15T10:03", step: minute, by: .level, on: store)
            let values = found.buckets.map {
                $0.values.map { "\(String(decoding: $0.value ?? [], as: UTF8.self)) \($0.count)" }
            }
            #expect(values == [["WARN 2", "ERROR 1"], [], ["DEBUG 1"]])
            let modules = try await histogram("on:2025-01-15", step: 86_400_000_000, by: .module, on: store)
            #expect(modules.buckets.map(\.count) == [4])
            #expect(modules.buckets[0].values == [.init(value: bytes("m"), count: 1), .init(value: nil, count: 3)])
        }
    }

    @Test func theFilterCountsAndPipesDoNot() async throws {
        try await withStore(entries) { store in
            let found = try await histogram(
                "a since:2025-01-15T10:00 until:2025-01-15T10:03 | limit 1", step: minute, on: store)
            #expect(found.buckets.map(\.count) == [1, 0, 1])
            #expect(found.warnings.map(\.code) == ["pipes_ignored"])
        }
    }

    @Test func openSidesAreClosed() async throws {
        try await withStore(entries) { store in
            let all = try await histogram("", on: store)
            #expect(
                all.range
                    == TimeRange(
                        since: entries[0].time, until: Timestamp(microseconds: entries[3].time.microseconds + 1)))
            #expect(all.buckets.reduce(0) { $0 + $1.count } == 4)
            #expect(all.step == 2_000_000)
            let since = try await histogram("since:2025-01-15T10:00", on: store)
            #expect(since.range == TimeRange(since: entries[0].time, until: planNow))
            let until = try await histogram("until:2025-01-15T10:01", on: store)
            #expect(until.range == range("2025-01-15T10:00Z", "2025-01-15T10:01Z"))
            #expect(until.buckets.reduce(0) { $0 + $1.count } == 3)
            #expect(try await histogram("nothing_like_it", on: store).buckets.isEmpty)
        }
    }

    @Test func daysOfAZoneThatChangesItsClock() async throws {
        // 2025-03-30 in Berlin has 23 hours: 22:30Z on the 29th is of that day's local 23:30, 22:30Z on the 30th of the 31st.
        let spring = ["2025-03-29T22:30Z", "2025-03-29T23:30Z", "2025-03-30T21:30Z", "2025-03-30T22:30Z"].map {
            Entry(time: time($0), device: "d", message: "a")
        }
        try await withStore(spring) { store in
            let found = try await histogram(
                "between:2025-03-29..2025-04-01 tz:Europe/Berlin", step: 86_400_000_000, on: store)
            #expect(found.buckets.map(\.count) == [1, 2, 1])
            let counted = try await table("tz:Europe/Berlin | stats count() by bin(1d)", on: store)
            #expect(
                counted.shown == [
                    ["2025-03-28T23:00", "1"], ["2025-03-29T23:00", "2"], ["2025-03-30T22:00", "1"],
                ])
            let rows = try await table("tz:Europe/Berlin | limit 10 | stats count() by bin(1d)", on: store)
            #expect(rows.shown == counted.shown)
        }
    }

    @Test func boundsOfTheStep() async throws {
        try await withStore(entries) { store in
            for (step, code) in [(Int64(0), "invalid_step"), (-1, "invalid_step"), (1_000, "too_many_buckets")] {
                do {
                    _ = try await histogram("between:2025-01-15T10:00..2025-01-15T10:04", step: step, on: store)
                    Issue.record("Accepted: \(step)")
                } catch let error as QueryErrors {
                    #expect(error.diagnostics.map(\.code) == [code])
                }
            }
        }
    }
}
