import Foundation
import LogModel
import Testing

/// A data directory that `logdb` commands work on, without a server.
struct DataDirectory {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    var path: String { scratch.file("data") }

    /// Runs `logdb COMMAND ARGUMENTS… --data DIR`.
    func logdb(
        _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await run(
            Binaries.logdb, arguments + ["--data", path], in: scratch, input: input, environment: environment)
    }

    /// Writes a file and answers with its path.
    func write(_ name: String, _ text: String) throws -> String {
        let file = scratch.file(name)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }

    /// Writes a file, ingests it, and expects that all went well.
    func ingest(_ name: String, _ text: String, _ options: [String] = []) async throws {
        let answer = try await logdb(["ingest", try write(name, text)] + options)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
    }

    /// Everything that is stored, oldest first.
    func entries() async throws -> [Entry] { try await rows().map { try $0.entry() } }

    func rows() async throws -> [StoredRow] {
        let answer = try await logdb(["export", "--order", "asc"])
        #expect(answer.status <= 1, "\(answer.errors)")
        return try StoredRow.rows(ndjson: Array(answer.output.utf8))
    }
}
