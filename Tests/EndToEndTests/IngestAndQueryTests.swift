import Foundation
import LogModel
import Testing

/// The same file through the data directory and through a server: every answer equals what reading the file gives.
@Suite(.serialized) struct IngestAndQueryTests {
    @Test func throughTheDataDirectory() async throws {
        let directory = try ScratchDirectory()
        let entries = SampleEntries.make(3_000, seed: 11, start: QueryCase.start)
        try await ingest(entries, ["--data", directory.file("data")], in: directory)
        try await checkAll(entries, ["--data", directory.file("data")], in: directory)
    }

    @Test func throughAServer() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start()
        let entries = SampleEntries.make(3_000, seed: 12, start: QueryCase.start)
        try await ingest(entries, ["--server", server.url], in: directory)
        try await checkAll(entries, ["--server", server.url], in: directory)
        // The same again after everything was written to blocks and read back from disk.
        #expect(await server.stop() == 0)
        try await server.start()
        try await checkAll(entries, ["--server", server.url], in: directory)
        #expect(await server.stop() == 0)
    }

    @Test func ingestingAFileTwiceStoresItOnce() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start()
        let entries = SampleEntries.make(500, seed: 13, start: QueryCase.start)
        let state = ["XDG_STATE_HOME": directory.file("state")]
        try await ingest(entries, ["--server", server.url], in: directory, environment: state)
        try await ingest(entries, ["--server", server.url], in: directory, environment: state)
        let found = try await server.export().map { try $0.entry() }
        #expect(differences(found: found, expected: entries) == [])
        #expect(await server.stop() == 0)
    }

    @Test func countsByModuleAreThoseOfTheFile() async throws {
        let directory = try ScratchDirectory()
        let entries = SampleEntries.make(1_000, seed: 14, start: QueryCase.start)
        try await ingest(entries, ["--data", directory.file("data")], in: directory)
        let answer = try await run(
            Binaries.logdb,
            [
                "query", "--data", directory.file("data"), "--output", "ndjson",
                "since:2025-01-01 | stats count() as n by module",
            ], in: directory)
        #expect(answer.status == 0, "\(answer.errors)")
        struct Row: Decodable {
            var module: String
            var n: Int
        }
        let rows = try answer.output.split(separator: "\n").map {
            try JSONDecoder().decode(Row.self, from: Data($0.utf8))
        }
        let expected = Dictionary(grouping: entries, by: \.module).mapValues(\.count)
        #expect(Dictionary(rows.map { ($0.module, $0.n) }) { $0 + $1 } == expected)
        #expect(rows.count == expected.count)
    }

    @Test func nothingFoundIsStatusOneAndABadQueryStatusTwo() async throws {
        let directory = try ScratchDirectory()
        try await ingest(
            SampleEntries.make(50, seed: 15, start: QueryCase.start), ["--data", directory.file("data")], in: directory)
        let data = directory.file("data")
        let none = try await run(Binaries.logdb, ["query", "--data", data, "xyzzy since:2025-01-01"], in: directory)
        #expect(none.status == 1)
        let bad = try await run(Binaries.logdb, ["query", "--data", data, "level:\"ERROR"], in: directory)
        #expect(bad.status == 2)
        #expect(!bad.errors.isEmpty)
    }

    private func ingest(
        _ entries: [Entry], _ target: [String], in directory: ScratchDirectory, environment: [String: String] = [:]
    ) async throws {
        let file = directory.file("entries.ndjson")
        try SampleEntries.lines(entries).write(toFile: file, atomically: true, encoding: .utf8)
        let answer = try await run(
            Binaries.logdb, ["ingest"] + target + [file], in: directory,
            environment: environment.isEmpty ? ["XDG_STATE_HOME": directory.file("state")] : environment)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
    }

    private func checkAll(_ entries: [Entry], _ target: [String], in directory: ScratchDirectory) async throws {
        for query in QueryCase.all {
            let expected = entries.filter(query.keeps)
            let answer = try await run(
                Binaries.logdb, ["export"] + target + ["--format", "ndjson", query.query], in: directory)
            #expect(answer.status == 0 || (answer.status == 1 && expected.isEmpty), "\(query.query): \(answer.errors)")
            let found = try StoredRow.rows(ndjson: Array(answer.output.utf8)).map { try $0.entry() }
            #expect(differences(found: found, expected: expected) == [], "\(query.query)")
            let isOrdered = zip(found, found.dropFirst()).allSatisfy { newer, older in
                (newer.time, newer.device, newer.session) >= (older.time, older.device, older.session)
            }
            #expect(isOrdered, "\(query.query) is not newest first")
            try await checkNewest(query, found, target, in: directory)
        }
    }

    /// `query --limit` gives the first rows of the export.
    private func checkNewest(
        _ query: QueryCase, _ all: [Entry], _ target: [String], in directory: ScratchDirectory
    ) async throws {
        let answer = try await run(
            Binaries.logdb, ["query"] + target + ["--output", "ndjson", "--limit", "25", query.query], in: directory)
        #expect(answer.status == (all.isEmpty ? 1 : 0), "\(query.query): \(answer.errors)")
        let found = try StoredRow.rows(ndjson: Array(answer.output.utf8)).map { try $0.entry() }
        #expect(found == Array(all.prefix(25)), "\(query.query)")
    }
}
