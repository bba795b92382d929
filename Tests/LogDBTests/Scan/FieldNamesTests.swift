import LogModel
import Testing

@testable import LogDB

struct FieldNamesTests {
    private func expected(_ rows: [StoredRow], _ range: TimeRange, _ filter: Filter) -> [Field: UInt64] {
        let matcher = NaiveFilter()
        var counts: [Field: UInt64] = [:]
        for row in rows where range.contains(row.entry.time) && matcher.matches(filter, row) {
            for field in [Field.time, .received, .level, .device, .message, .id] { counts[field, default: 0] += 1 }
            for (field, value) in [
                (Field.session, row.entry.session), (.module, row.entry.module), (.logger, row.entry.logger),
                (.process, row.entry.process), (.thread, row.entry.thread),
            ] where !value.isEmpty {
                counts[field, default: 0] += 1
            }
            for attribute in row.entry.context { counts[.context(attribute.key), default: 0] += 1 }
        }
        return counts
    }

    @Test func everyFieldIsCountedWhereItHasAValue() async throws {
        let mixed = try await MixedStore.make(seed: 90, rowCount: 700)
        var random = FilterRandom(seed: 90, rows: mixed.rows)
        for round in 0..<20 {
            let filter = round == 0 ? .everything : random.filter()
            let range = round % 3 == 2 ? random.range(of: mixed.rows.map(\.key.time)) : TimeRange.all
            let found = try await mixed.store.fieldNames(range: range, filter: filter)
            #expect(
                Dictionary(uniqueKeysWithValues: found.map { ($0.field, $0.count) })
                    == expected(mixed.rows, range, filter),
                "round \(round): \(filter)")
            #expect(found.map(\.count) == found.map(\.count).sorted(by: >))
        }
        await mixed.store.close()
    }

    @Test func keysWithoutAColumnOfTheirOwnAreCounted() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var batch = Batch()
        for row in 0..<300 {
            batch.append(
                RawEntry(
                    time: Int64(row),
                    context: (0...(row % 7)).map {
                        .init(key: Array("key_\((row + $0 * 31) % 200)".utf8), value: [0x31])
                    }),
                device: "D")
        }
        _ = try await store.append(batch)
        var counts: [Field: UInt64] = [:]
        for key in batch.contextKeys { counts[.context(batch.strings.text(Int(key))), default: 0] += 1 }
        for _ in 0..<2 {
            let found = try await store.fieldNames(range: .all, filter: .everything)
            #expect(found.filter { counts[$0.field] != nil }.count == counts.count)
            for field in found where counts[field.field] != nil { #expect(field.count == counts[field.field]) }
            let one = Filter.value(.context("key_199"), .exists)
            #expect(try await store.storedRows(ScanRequest(filter: one)).count == Int(counts[.context("key_199")]!))
            try await store.sealHead()
        }
        await store.close()
    }
}
