import ArgumentParser
import Foundation
import LogModel

/// `logdb-bench run`: loads a corpus into a real server over HTTP, asks it questions, stops it, kills it.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure a real server process: rates, sizes, memory, query times, restarts.",
        discussion: """
            Exits with 1 when a target was missed, and with 2 when an answer was wrong or an entry was lost.
            """)

    @Option(help: "The logdb executable to measure.")
    var serverBinary: String

    @OptionGroup var corpus: CorpusArguments

    @Option(help: "Entries in a request of JSON lines.")
    var batch = 100

    @Option(help: "Entries in a request of the agent's frames.")
    var frameBatch = 1_000

    @Option(help: "Connections that send at the same time.")
    var connections = 2

    @Option(help: "Where to make the data directories; it should be on the disk that matters, not in memory.")
    var directory = "/var/tmp"

    @Option(help: "Measure only this part; may be given several times: lines, frames, crash.")
    var only: [Part] = Part.allCases

    @Flag(help: "Leave out the cold starts, which need root and empty the whole machine's page cache.")
    var noCold = false

    @Flag(help: "Keep the data directories and print where they are.")
    var keep = false

    @Option(help: "Also write the figures to this file, as JSON.")
    var json: String?

    /// What a run consists of.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        /// JSON lines, what they take on disk, questions and restarts.
        case lines
        /// The agent's frames.
        case frames
        /// The loss of the process.
        case crash
    }

    func validate() throws {
        for (name, value) in [("--batch", batch), ("--frame-batch", frameBatch)] {
            guard (1...100_000).contains(value) else {
                throw ValidationError("\(name) must be from 1 to 100000, not \(value).")
            }
        }
        guard (1...256).contains(connections) else {
            throw ValidationError("--connections must be from 1 to 256, not \(connections).")
        }
        guard corpus.entries > 0 else { throw ValidationError("--entries must be at least 1.") }
        // The requests are made before any time is taken, so they all have to fit.
        let byteCount = corpus.entries * 420
        guard byteCount < ProcessInfo.processInfo.physicalMemory / 2 else {
            throw ValidationError(
                "--entries \(corpus.entries) needs \(byteCount >> 30) GiB of memory for the requests.")
        }
    }

    func run() throws {
        let home = "\(directory)/logdb-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer {
            if keep { say("Kept in \(home)") } else { try? FileManager.default.removeItem(atPath: home) }
        }
        let machine = Machine.current()
        say("Preparing \(corpus.entries) entries…")
        let (lines, classes) = PreparedLoad.lines(corpus.options, batchCount: batch, connectionCount: connections)
        var report = Report(
            command: CommandLine.arguments.joined(separator: " "), machine: machine,
            source: .init(
                entryCount: lines.entryCount, byteCount: lines.byteCount, seed: corpus.seed,
                end: corpus.options.end.description))

        if only.contains(.lines) { try measureLines(lines, classes, home: "\(home)/lines", into: &report) }
        if only.contains(.frames) {
            say("Preparing frames…")
            let frames = try PreparedLoad.frames(
                corpus.options, batchCount: frameBatch, connectionCount: connections)
            try measureFrames(frames, jsonByteCount: lines.byteCount, home: "\(home)/frames", into: &report)
        }
        if only.contains(.crash) {
            say("Killing a server…")
            try report.sections.append(
                CrashMeasurement(binary: serverBinary, home: "\(home)/crash").section(
                    corpus.options, batchCount: batch, connectionCount: connections))
        }

        print(report.tables())
        if let json { try report.write(to: json) }
        if !report.isRight { throw ExitCode(2) }
        if !report.isReached { throw ExitCode(1) }
    }

    private func measureLines(
        _ load: PreparedLoad, _ classes: [QueryClass], home: String, into report: inout Report
    ) throws {
        say("Ingesting JSON lines in batches of \(batch) on \(connections) connections…")
        var server = try ServerProcess(binary: serverBinary, directory: home)
        defer { server.stop() }
        var ingest = IngestMeasurement(server: server, load: load, jsonByteCount: load.byteCount)
        try ingest.measure()
        let title = "\(batch) on \(connections) connections, synced"
        report.sections.append(
            .init(title: "ingest, JSON lines in batches of \(title)", figures: ingest.rates(isTarget: true)))
        report.sections.append(
            .init(title: "stored, after sealing, merging and flushing", figures: ingest.sizes(isTarget: true)))

        say("Asking…")
        var queries = QueryMeasurement(classes)
        try queries.measureWarm(server)
        let visibility = try VisibilityMeasurement.figures(server, options: corpus.options)
        let peak = Double(try server.peakResidentByteCount()) / 1_048_576

        say("Restarting…")
        var start = ContinuousClock.now
        server.stop()
        let stopSeconds = (ContinuousClock.now - start).seconds
        start = ContinuousClock.now
        server = try ServerProcess(binary: serverBinary, directory: home)
        let readySeconds = server.readySeconds
        let coldRemark = noCold ? "left out" : PageCache.canBeDropped ? nil : "cold starts need root"
        if coldRemark == nil {
            for index in classes.indices {
                server.stop()
                try PageCache.drop(keeping: serverBinary)
                server = try ServerProcess(binary: serverBinary, directory: home)
                try queries.measureCold(index, server)
            }
        }
        report.queries = queries.figures
        var figures = [
            Figure("peak resident, ingest and questions", peak, "MiB", .atMost(256)),
            Figure("stop, on SIGTERM", stopSeconds * 1_000, "ms"),
            Figure("start until ready", readySeconds * 1_000, "ms"),
        ]
        if let coldRemark { figures.append(Figure("questions after a cold start", nil, "ms", remark: coldRemark)) }
        report.sections.append(.init(title: "beside the questions", figures: visibility + figures))
    }

    private func measureFrames(
        _ load: PreparedLoad, jsonByteCount: Int, home: String, into report: inout Report
    ) throws {
        say("Ingesting the agent's frames of \(frameBatch) entries on \(connections) connections…")
        let server = try ServerProcess(binary: serverBinary, directory: home)
        defer { server.stop() }
        var ingest = IngestMeasurement(server: server, load: load, jsonByteCount: jsonByteCount)
        try ingest.measure()
        report.sections.append(
            .init(
                title: "ingest, the agent's frames of \(frameBatch) entries on \(connections) connections, synced",
                figures: ingest.rates(isTarget: false) + ingest.sizes(isTarget: false).prefix(1)))
    }
}
