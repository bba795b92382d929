import ArgumentParser
import Foundation

/// `logdb-bench neighbours`: what a key that asks far past its quota does to the others.
struct NeighboursCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "neighbours",
        abstract: "Measure how a client over its rate limit disturbs those that keep to theirs.",
        discussion: """
            A client sends batches and asks questions at an even pace. In every other phase one with another key, which has \
            a quota, sends many times as much; what is over the quota is refused with 429. The first client's answers are \
            timed in both kinds of phases.

            Exits with 1 when a target was missed, and with 2 when a request failed.
            """)

    @OptionGroup var measurement: MeasurementArguments

    @Option(help: "Requests a second of the client that keeps to its limit; one of five is a question.")
    var rate = 100

    @Option(help: "The quota of the other, in requests a second.")
    var quota = 50

    @Option(help: "Requests a second that the other sends.")
    var flood = 1_000

    @Option(help: "How long a phase is, in seconds.")
    var seconds = 15

    @Option(help: "Phases of each kind.")
    var phases = 4

    func validate() throws {
        try MeasurementArguments.check([
            ("--rate", rate, 1...10_000), ("--quota", quota, 1...10_000), ("--flood", flood, 1...50_000),
            ("--seconds", seconds, 1...3_600), ("--phases", phases, 1...100),
        ])
    }

    func run() throws { try measurement.measure(run(in:)) }

    private func run(in home: String) throws -> Report {
        let keys = KeyMaker(binary: measurement.serverBinary, data: home + "/data")
        let modest = try keys.make("modest", perSecond: 0)
        let greedy = try keys.make("greedy", perSecond: quota)
        let machine = Machine.current()
        let server = try ServerProcess(binary: measurement.serverBinary, directory: home, authentication: "required")
        defer { server.stop() }
        let load = NeighbourLoad(port: server.port, modestKey: modest, greedyKey: greedy, rate: rate, flood: flood)
        say("Warming up…")
        _ = load.run(seconds: 3, isFlooded: false)
        var (alone, beside) = (NeighbourLoad.Outcome(), NeighbourLoad.Outcome())
        for phase in 1...phases {
            say("Phase \(phase) of \(phases)…")
            alone.add(load.run(seconds: seconds, isFlooded: false))
            beside.add(load.run(seconds: seconds, isFlooded: true))
        }
        return report(alone, beside, machine)
    }

    private func report(
        _ alone: NeighbourLoad.Outcome, _ beside: NeighbourLoad.Outcome, _ machine: Machine
    ) -> Report {
        let failures = alone.failures + beside.failures
        let failure = failures.first.map { "\(failures.count) failed: \($0)" }
        let (quiet, disturbed) = (alone.milliseconds.sorted(), beside.milliseconds.sorted())
        let ratio = disturbed.percentile(0.99) / quiet.percentile(0.99)
        var report = MeasurementArguments.report(machine, entryCount: 0, byteCount: 0)
        report.sections.append(
            .init(
                title: "A client of \(rate) requests a second beside one of \(flood), of which \(quota) are allowed",
                figures: [
                    Figure("requests alone", Double(quiet.count), "", mismatch: failure),
                    Figure("alone, p50", quiet.percentile(0.5), "ms"),
                    Figure("alone, p99", quiet.percentile(0.99), "ms"),
                    Figure("requests beside the other", Double(disturbed.count), ""),
                    Figure("beside the other, p50", disturbed.percentile(0.5), "ms"),
                    Figure("beside the other, p99", disturbed.percentile(0.99), "ms"),
                    Figure("p99 beside the other ÷ alone", ratio, "×", .below(1.2)),
                    Figure("the other's requests taken", Double(beside.takenCount), ""),
                    Figure("the other's requests refused (429)", Double(beside.refusedCount), "", .atLeast(1)),
                ]))
        return report
    }
}

/// Makes keys in a data directory that no server has open yet.
private struct KeyMaker {
    let binary: String
    let data: String

    func make(_ name: String, perSecond: Int) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = [
            "apikey", "add", name, "--scope", "ingest", "--scope", "query", "--per-second", "\(perSecond)", "--data",
            data,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0, let key = text.firstMatch(of: /ldb_[A-Za-z0-9_-]+/)?.output else {
            throw LoadError("no key was made: \(text)")
        }
        return String(key)
    }
}
