import ArgumentParser
import Foundation

/// `logdb-bench soak`: half of full load for hours, with kills.
struct SoakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Load a server for hours, kill it now and then, and count what it acknowledged.",
        discussion: """
            Measures how much the server takes, then sends half of that, with questions beside it. In the first half the server \
            is now and then ended by SIGKILL and started again; batches without an answer are sent again. In the second half \
            one server shows whether memory and the times of answers stay flat; all are drawn. At the end every acknowledged \
            entry has to be there exactly once.

            Exits with 1 when memory or times did not stay flat, and with 2 when an entry is missing or there twice.
            """)

    @OptionGroup var measurement: MeasurementArguments

    @Option(help: "How long, in minutes.")
    var minutes = 120.0

    @Option(help: "Entries a second; 0: half of what the server takes.")
    var rate = 0

    @Option(help: "Connections that send.")
    var connections = 4

    @Option(help: "Seconds between two kills, on the average; 0: none.")
    var killSeconds = 90

    @Option(help: "Seconds between two samples of memory and times.")
    var sampleSeconds = 5

    @Option(help: "The seed of the kills' moments.")
    var seed: UInt64 = 1

    @Option(help: "Draw memory and times into this file, as SVG.")
    var svg: String?

    /// How long full load is measured.
    private static let calibrationSeconds = 20

    func validate() throws {
        guard (0.1...100_000).contains(minutes) else {
            throw ValidationError("--minutes must be from 0.1 to 100000, not \(minutes).")
        }
        try MeasurementArguments.check([
            ("--rate", rate, 0...10_000_000),
            ("--connections", connections, 1...256), ("--kill-seconds", killSeconds, 0...86_400),
            ("--sample-seconds", sampleSeconds, 1...3_600),
        ])
    }

    func run() throws { try measurement.measure(run(in:)) }

    private func run(in home: String) throws -> Report {
        let machine = Machine.current()
        let paced = rate > 0 ? rate : try halfOfFullLoad(in: home)
        say("Sending \(paced) entries a second for \(Figure.text(minutes)) minutes…")
        let server = try RestartedServer(binary: measurement.serverBinary, directory: "\(home)/soak")
        defer { server.stop() }
        let load = SoakLoad(server: server, connectionCount: connections, rate: Double(paced))
        let watch = SoakWatch(server: server, load: load, seconds: sampleSeconds)
        let seconds = minutes * 60
        load.start()
        watch.run(seconds: seconds, kills: KillTimes(seed: seed, meanSeconds: Double(killSeconds)))
        load.finish()
        say("Counting \(load.acknowledgedEntryCount) entries…")
        let check = try SoakCheck(server: server, load: load).run()
        if let svg {
            try SoakChart(samples: watch.samples, kills: watch.kills, seconds: seconds).svg.write(
                toFile: svg, atomically: true, encoding: .utf8)
        }
        return report(load, watch, check, machine, paced: paced)
    }

    private func halfOfFullLoad(in home: String) throws -> Int {
        say("Measuring full load…")
        let server = try RestartedServer(binary: measurement.serverBinary, directory: "\(home)/full")
        defer { server.stop() }
        let load = SoakLoad(server: server, connectionCount: connections, rate: .infinity)
        load.start()
        Thread.sleep(forTimeInterval: Double(SoakCommand.calibrationSeconds))
        load.finish()
        return max(load.acknowledgedEntryCount / SoakCommand.calibrationSeconds / 2, 1)
    }

    private func report(
        _ load: SoakLoad, _ watch: SoakWatch, _ check: SoakCheck.Result, _ machine: Machine, paced: Int
    ) -> Report {
        let failures = load.failures + watch.failures
        // The second half is one server's; what its first part fills counts for none.
        let part = watch.samples.count / 6
        let (middlePart, last) = (watch.samples.suffix(2 * part).prefix(part), watch.samples.suffix(part))
        func ratio(_ value: (SoakWatch.Sample) -> Double?) -> Double? {
            let (before, after) = (middlePart.compactMap(value).sorted(), last.compactMap(value).sorted())
            return before.isEmpty || after.isEmpty ? nil : after.percentile(0.5) / before.percentile(0.5)
        }
        let memory = watch.samples.compactMap(\.residentMebibytes)
        var report = MeasurementArguments.report(
            machine, entryCount: load.acknowledgedEntryCount, byteCount: load.byteCount)
        report.sections.append(
            .init(
                title: "\(Figure.text(minutes)) minutes at \(paced) entries a second on \(connections) connections",
                figures: [
                    Figure("entries acknowledged", Double(load.acknowledgedEntryCount), ""),
                    Figure(
                        "entries missing, twice or unknown", Double(check.differenceCount), "",
                        mismatch: check.differences.first),
                    Figure("sessions of which each entry was read back", Double(check.readSessionCount), ""),
                    Figure("kills", Double(watch.kills.count), ""),
                    Figure("batches sent again after a kill", Double(load.repeatedCount), ""),
                    Figure("start until ready, longest", watch.readySecondsMax * 1_000, "ms"),
                    Figure(
                        "failures", Double(failures.count), "",
                        mismatch: failures.first.map { "\(failures.count) failed: \($0)" }),
                    Figure("resident, most", memory.max(), "MiB"),
                    Figure("resident, last sixth ÷ the one before", ratio(\.residentMebibytes), "×", .below(1.25)),
                    Figure("acknowledgement p99, median of samples", middle(watch, \.acknowledgedP99), "ms"),
                    Figure("the same, last sixth ÷ the one before", ratio(\.acknowledgedP99), "×", .below(2)),
                    Figure("question, median of samples", middle(watch, \.questionMilliseconds), "ms"),
                    Figure("the same, last sixth ÷ the one before", ratio(\.questionMilliseconds), "×", .below(2)),
                ]))
        return report
    }

    private func middle(_ watch: SoakWatch, _ value: (SoakWatch.Sample) -> Double?) -> Double? {
        let values = watch.samples.compactMap(value).sorted()
        return values.isEmpty ? nil : values.percentile(0.5)
    }
}
