import ArgumentParser
import Foundation

/// `logdb-bench heartbeats`: devices that say how they are and wait for commands, while entries come in and somebody lists them.
struct HeartbeatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heartbeats",
        abstract: "Measure a fleet that sends heartbeats and long-polls, and lists of many devices.",
        discussion: """
            Each device waits for commands on a connection of its own and sends a heartbeat every so often on another; one \
            command a second goes to one of them. Beside that entries are ingested. Then devices are listed a page at a time, \
            among as many others as are asked for.

            Exits with 1 when a target was missed, and with 2 when a request failed.
            """)

    @OptionGroup var measurement: MeasurementArguments

    @Option(help: "Devices that send heartbeats and wait for commands.")
    var devices = 1_000

    @Option(help: "How far apart a device's heartbeats are, in seconds.")
    var interval = 30

    @Option(help: "Entries that are ingested a second.")
    var entries = 2_000

    @Option(help: "How long all of that goes on, in seconds.")
    var seconds = 90

    @Option(help: "Devices among which those are listed.")
    var listed = 100_000

    func validate() throws {
        try MeasurementArguments.check([
            ("--devices", devices, 1...5_000), ("--interval", interval, 1...3_600), ("--entries", entries, 1...100_000),
            ("--seconds", seconds, 1...3_600), ("--listed", listed, 1...10_000_000),
        ])
    }

    func run() throws { try measurement.measure(run(in:)) }

    private func run(in home: String) throws -> Report {
        let machine = Machine.current()
        let server = try ServerProcess(binary: measurement.serverBinary, directory: home)
        defer { server.stop() }
        say("Making \(listed) devices…")
        try DeviceList.make(listed, kindCount: devices, port: server.port)
        say("\(devices) devices wait and send heartbeats for \(seconds) s…")
        let load = HeartbeatLoad(port: server.port, deviceCount: devices, interval: interval, entryRate: entries)
        try server.forgetPeak()
        let (idleResident, before) = (try server.residentByteCount(), try server.processorSeconds())
        let outcome = try load.run(seconds: seconds)
        let processor = try server.processorSeconds() - before
        let peak = try server.peakResidentByteCount()
        say("Listing…")
        let pages = try DeviceList.read(port: server.port)
        let failure = outcome.failures.first.map { "\(outcome.failures.count) failed: \($0)" }
        let (beats, commands) = (outcome.heartbeats.sorted(), outcome.commands.sorted())
        let lost = commands.count == outcome.sentCount ? nil : "\(commands.count) of \(outcome.sentCount) arrived"
        var report = MeasurementArguments.report(machine, entryCount: outcome.entryCount, byteCount: outcome.byteCount)
        report.sections.append(
            .init(
                title:
                    "\(devices) devices with a heartbeat every \(interval) s and a long poll, \(entries) entries a second",
                figures: [
                    Figure("heartbeats answered", Double(beats.count), "", mismatch: failure),
                    Figure("heartbeat, p50", beats.percentile(0.5), "ms"),
                    Figure("heartbeat, p99", beats.percentile(0.99), "ms"),
                    Figure("commands that arrived", Double(commands.count), "", mismatch: lost),
                    Figure("from sent to at the device, p50", commands.percentile(0.5), "ms"),
                    Figure("from sent to at the device, p99", commands.percentile(0.99), "ms", .atMost(200)),
                    Figure("entries acknowledged", Double(outcome.entryCount), ""),
                    Figure("processor time of the server", processor / Double(seconds) * 100, "% of a core"),
                    Figure("resident before", Double(idleResident) / 1_048_576, "MiB"),
                    Figure("peak resident", Double(peak) / 1_048_576, "MiB"),
                ]))
        report.sections.append(
            .init(
                title: "Pages of 100 devices among \(listed)",
                figures: pages.flatMap { page in
                    [
                        Figure("\(page.filter), pages", Double(page.times.count), ""),
                        Figure("\(page.filter), p50", page.times.sorted().percentile(0.5), "ms"),
                        Figure("\(page.filter), slowest", page.times.max(), "ms", .below(50)),
                    ]
                }))
        return report
    }
}
