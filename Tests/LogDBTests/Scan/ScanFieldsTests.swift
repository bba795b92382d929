import LogModel
import Testing

@testable import LogDB

/// Scans that are asked for some of the fields.
@Suite struct ScanFieldsTests {
    @Test(
        arguments: [
            [], [.message], [.module, .thread], [.logger, .process, .context("b")],
            [.context("a"), .context("b"), .context("none")], [.time, .level, .device, .session, .id, .received],
        ] as [Set<Field>]) func othersAreEmpty(_ fields: Set<Field>) async throws
    {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let entries = (0..<700).map(Self.entry)
        func expected(_ entry: Entry) -> Entry {
            Entry(
                time: entry.time, level: entry.level, device: entry.device, session: entry.session,
                module: fields.contains(.module) ? entry.module : "",
                logger: fields.contains(.logger) ? entry.logger : "",
                process: fields.contains(.process) ? entry.process : "",
                thread: fields.contains(.thread) ? entry.thread : "",
                message: fields.contains(.message) ? entry.message : "",
                context: entry.context.filter { fields.contains(.context($0.key)) })
        }
        _ = try await store.append(Batch(entries[..<400]))
        try await store.compact { _, _ in }
        _ = try await store.append(Batch(entries[400...]))
        for limit in [nil, 50] as [Int?] {
            var found: [Entry] = []
            let request = ScanRequest(
                filter: .value(.message, .exists), order: .oldestFirst, limit: limit, fields: fields)
            for try await rows in store.scan(request) { found += (0..<rows.count).map { rows.batch[$0] } }
            #expect(found == entries.prefix(limit ?? 700).map(expected))
        }
        await store.close()
    }

    private static func entry(_ number: Int) -> Entry {
        var context: [Entry.Attribute] = []
        if number.isMultiple(of: 2) { context.append(Entry.Attribute("a", String(number))) }
        if number.isMultiple(of: 3) { context.append(Entry.Attribute("b", "")) }
        return Entry(
            time: Timestamp(microseconds: Int64(number)), level: Level.allCases[number % 5],
            device: "d\(number % 2)", session: "s\(number % 3)", module: "m\(number % 4)", logger: "l",
            process: String(number % 6), thread: "t", message: "message \(number)", context: context)
    }
}
