import ArgumentParser
import Foundation

/// `logdb-bench pipes`: every pipe over a whole store, and what it takes of the server's memory.
struct PipesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipes",
        abstract: "Put every pipe over a whole store: time, memory, and the answer or the refusal.",
        discussion: """
            Exits with 1 when a pipe took more memory than a query may use.
            """)

    @Option(help: "The logdb executable to measure.")
    var serverBinary: String

    @OptionGroup var corpus: CorpusArguments

    @Option(help: "Where to make the data directory.")
    var directory = "/var/tmp"

    @Option(help: "A directory of an earlier run to use, or to keep the entries in for a later one.")
    var store: String?

    @Option(help: "Only queries that hold this text.")
    var only: String?

    /// What a query may take beyond its budget, which it has for what it holds and for what it reads each: what is decoded at
    /// a time, and the answer as JSON.
    private static let overheadByteCount = 48 << 20

    func run() throws {
        let home = store ?? "\(directory)/logdb-bench-\(ProcessInfo.processInfo.processIdentifier)"
        defer { if store == nil { try? FileManager.default.removeItem(atPath: home) } }
        var server = try ServerProcess(binary: serverBinary, directory: home)
        defer { server.stop() }
        if try entryCount(server) == 0 {
            try load(server)
            // What loading took says nothing of queries.
            server.stop()
            server = try ServerProcess(binary: serverBinary, directory: home)
        }
        var client = try ServerClient(server)
        let budget = try client.queryByteCountMax()
        let bound = 2 * budget + Self.overheadByteCount
        print(Machine.current().text)
        print(
            "\(Figure.text(Double(try entryCount(server)))) entries; a query may hold \(budget >> 20) MiB, and read in as "
                + "much; more than \(bound >> 20) MiB is marked")
        print(PipesCommand.line("ms", "rows", "refused with", "before", "peak", "taken", "query"))
        let range = "between:\(corpus.options.start)..\(corpus.options.end)"
        var isBeyond = false
        for question in PipeQuestion.all where only.map({ question.query.contains($0) }) ?? true {
            let before = try server.residentByteCount()
            try server.forgetPeak()
            // A download may be refused when part of it was sent, which cuts the connection.
            client = try ServerClient(server)
            let outcome = try client.outcome(
                of: "\(range) \(question.query)", limit: question.limit, isExported: question.isExported)
            let peak = try server.peakResidentByteCount()
            let taken = max(0, peak - before)
            isBeyond = isBeyond || taken > bound
            print(
                PipesCommand.line(
                    Figure.text(outcome.milliseconds.rounded()),
                    outcome.rowCount.map { Figure.text(Double($0)) } ?? "-",
                    outcome.refusal ?? "", "\(before >> 20)", "\(peak >> 20)",
                    "\(taken >> 20)" + (taken > bound ? " !" : ""),
                    question.query + (question.isExported ? " (all of it)" : "")))
            fflush(nil)
        }
        if isBeyond { throw ExitCode(1) }
    }

    private func entryCount(_ server: ServerProcess) throws -> Int {
        var client = try ServerClient(server)
        return try client.storage().entryCount
    }

    private func load(_ server: ServerProcess) throws {
        say("Preparing \(corpus.entries) entries…")
        let frames = try PreparedLoad.frames(corpus.options, batchCount: 1_000, connectionCount: 2)
        say("Ingesting…")
        _ = try frames.send(port: server.port)
        var client = try ServerClient(server)
        try client.compact()
    }

    private static func line(_ cells: String...) -> String {
        let widths = [9, 9, 16, 7, 6, 7]
        let padded = zip(cells, widths).map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }
        return (padded + [cells.last ?? ""]).joined(separator: "  ")
    }
}
