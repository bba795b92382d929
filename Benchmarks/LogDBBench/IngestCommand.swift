import ArgumentParser
import Foundation

/// `logdb-bench ingest`: loads a corpus into a real server over HTTP, then asks it questions.
struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Load a corpus into a real server process over HTTP; print rates, sizes and query times.")

    @Option(help: "The logdb executable to measure.")
    var serverBinary: String

    @OptionGroup var corpus: CorpusArguments

    @Option(help: "Entries in a request.")
    var batch = 100

    @Option(help: "Connections that send at the same time.")
    var connections = 2

    @Option(help: "Where to make the data directory; it should be on the disk that matters, not in memory.")
    var directory = "/var/tmp"

    @Flag(help: "Keep the data directory and print where it is.")
    var keep = false

    @Option(help: "Also write the figures to this file, as JSON.")
    var json: String?

    func validate() throws {
        guard (1...100_000).contains(batch) else { throw ValidationError("--batch must be from 1 to 100000.") }
        guard (1...256).contains(connections) else { throw ValidationError("--connections must be from 1 to 256.") }
        guard corpus.entries > 0 else { throw ValidationError("--entries must be at least 1.") }
    }

    func run() throws {
        let options = try corpus.options()
        say("Preparing \(options.entryCount) entries…")
        let load = IngestLoad(options, batchCount: batch, connectionCount: connections)
        let home = "\(directory)/logdb-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer {
            if keep { say("Kept in \(home)") } else { try? FileManager.default.removeItem(atPath: home) }
        }
        let server = try ServerProcess(binary: serverBinary, directory: home)
        defer { server.stop() }

        var report = Report(command: CommandLine.arguments.joined(separator: " "), machine: .current())
        say("Ingesting in batches of \(batch) on \(connections) connections…")
        try measureIngest(load, server, into: &report)
        var connection = try HTTPConnection(port: server.port)
        say("Sealing and merging…")
        try measureStorage(load, server, &connection, into: &report)
        say("Asking…")
        try measureQueries(options, &connection, into: &report)
        report.add(
            "peak resident, everything", Double(try server.peakResidentByteCount()) / 1_048_576, "MiB")

        print(report.table())
        if let json { try report.write(to: json) }
        if !report.isPassed { throw ExitCode(1) }
    }

    private func measureIngest(_ load: IngestLoad, _ server: ServerProcess, into report: inout Report) throws {
        let before = try server.processorSeconds()
        let outcome = try load.run(port: server.port)
        let processorSeconds = try server.processorSeconds() - before
        let entryCount = Double(load.entryCount)
        report.add("mean JSON line", Double(load.byteCount) / entryCount, "bytes")
        report.add("ingest, wall", entryCount / outcome.wallSeconds, "entries/s")
        report.add("ingest, server processor time", processorSeconds, "s")
        report.add(
            "ingest, per server processor second", entryCount / max(processorSeconds, 0.01), "entries",
            .atLeast(150_000))
        report.add("acknowledgement, p50", outcome.latencies.percentile(0.5), "ms")
        report.add("acknowledgement, p99", outcome.latencies.percentile(0.99), "ms")
        report.add(
            "peak resident, ingest", Double(try server.peakResidentByteCount()) / 1_048_576, "MiB", .atMost(256))
    }

    private func measureStorage(
        _ load: IngestLoad, _ server: ServerProcess, _ connection: inout HTTPConnection, into report: inout Report
    ) throws {
        let before = try server.processorSeconds()
        let start = ContinuousClock.now
        try compact(&connection)
        report.add("compaction, wall", (ContinuousClock.now - start).seconds, "s")
        report.add("compaction, server processor time", try server.processorSeconds() - before, "s")
        let entryCount = Double(load.entryCount)
        report.add(
            "on disk, all files", Double(try server.directoryByteCount()) / entryCount, "bytes/entry", .atMost(45))
        let storage = try json(try connection.exchange(HTTPConnection.request("GET", "/api/v1/admin/storage")))
        let hot = (storage["tiers"] as? [String: Any])?["hot"] as? [String: Any]
        if let bytes = hot?["bytes"] as? NSNumber {
            report.add("on disk, blocks as reported", bytes.doubleValue / entryCount, "bytes/entry")
        }
        let entries = (hot?["entries"] as? NSNumber)?.intValue ?? 0
        report.add(
            "entries stored as reported", Double(entries), "entries",
            mismatch: entries == load.entryCount ? nil : "not \(load.entryCount)")
    }

    private func compact(_ connection: inout HTTPConnection) throws {
        let started = try json(try connection.exchange(HTTPConnection.request("POST", "/api/v1/admin/compact")))
        guard let job = started["job_id"] else { throw LoadError("the compaction's answer has no job_id") }
        let poll = HTTPConnection.request("GET", "/api/v1/admin/jobs/\(job)")
        while true {
            let answer = try json(try connection.exchange(poll))
            switch answer["state"] as? String {
            case "done": return
            case "failed": throw LoadError("the compaction failed: \(answer["detail"] ?? "")")
            default: Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    private func measureQueries(
        _ options: CorpusOptions, _ connection: inout HTTPConnection, into report: inout Report
    ) throws {
        for query in MeasuredQuery.all(options) {
            let timing = try query.measure(&connection)
            if let milliseconds = timing.serverMilliseconds {
                report.add(
                    "\(query.name), server", milliseconds, "ms", query.millisecondsMax.map { .below($0) },
                    mismatch: timing.mismatch)
            }
            report.add(
                "\(query.name), client", timing.wallMilliseconds, "ms",
                mismatch: timing.serverMilliseconds == nil ? timing.mismatch : nil)
        }
    }

    private func json(_ answer: HTTPConnection.Answer) throws -> [String: Any] {
        guard (200..<300).contains(answer.status),
            let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        else { throw LoadError("answered \(answer.status): \(String(decoding: answer.body, as: UTF8.self))") }
        return object
    }
}
