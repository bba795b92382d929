import ArgumentParser
import Foundation

/// `logdb-bench fleet`: devices that each send a batch a second, and people who watch.
struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Measure acknowledgements and live tails while a fleet sends a batch a second each.",
        discussion: """
            Each device has a connection of its own. Each tail is a stream of Server-Sent Events that follows its share of \
            the devices, so that every entry is due at one tail, once. Times are counted from the moment at which a batch \
            was due to be sent.

            Exits with 1 when a target was missed, and with 2 when a request failed or a tail missed an entry.
            """)

    @OptionGroup var measurement: MeasurementArguments

    @Option(help: "Devices that each send a batch a second.")
    var devices = 1_000

    @Option(help: "Entries in a batch.")
    var entries = 10

    @Option(help: "Live streams.")
    var tails = 100

    @Option(help: "How long the fleet sends, in seconds.")
    var seconds = 60

    @Option(help: "Connections beside them whose requests never end.")
    var slowConnections = 0

    func validate() throws {
        try MeasurementArguments.check([
            ("--devices", devices, 1...5_000), ("--entries", entries, 1...1_000), ("--tails", tails, 1...1_000),
            ("--seconds", seconds, 1...3_600), ("--slow-connections", slowConnections, 0...10_000),
        ])
    }

    func run() throws { try measurement.measure(run(in:)) }

    private func run(in home: String) throws -> Report {
        let machine = Machine.current()
        let server = try ServerProcess(binary: measurement.serverBinary, directory: home)
        defer { server.stop() }
        say("Opening \(tails) tails and \(devices) connections…")
        let watchers = try FleetTails(port: server.port, count: tails)
        let slow = try SlowConnections(port: server.port, count: slowConnections)
        let load = FleetLoad(
            port: server.port, deviceCount: devices, tailCount: tails, entryCount: entries, roundCount: seconds)
        say("Sending for \(seconds) s…")
        let processorBefore = try server.processorSeconds()
        let sent = try load.send(meanwhile: slow.goOn)
        let processor = try server.processorSeconds() - processorBefore
        let expected = sent.acknowledged * entries
        let seen = watchers.finish(expecting: expected)
        var report = MeasurementArguments.report(machine, entryCount: expected, byteCount: sent.byteCount)
        let missing = seen.delays.count == expected ? nil : "\(seen.delays.count) of \(expected) arrived"
        let failures = sent.failures.isEmpty ? nil : "\(sent.failures.count) failed: \(sent.failures[0])"
        let delays = seen.delays.sorted()
        let latencies = sent.latencies.sorted()
        report.sections.append(
            .init(
                title: "\(devices) devices at a batch of \(entries) a second, \(tails) tails"
                    + (slowConnections > 0 ? ", \(slowConnections) slow connections" : ""),
                figures: [
                    Figure("batches acknowledged", Double(sent.acknowledged), "", mismatch: failures),
                    Figure("acknowledgement, p50", latencies.percentile(0.5), "ms"),
                    Figure("acknowledgement, p99", latencies.percentile(0.99), "ms"),
                    Figure("entries seen by their tail", Double(delays.count), "", mismatch: missing),
                    Figure("from due to seen in the tail, p50", delays.percentile(0.5), "ms"),
                    Figure("from due to seen in the tail, p99", delays.percentile(0.99), "ms", .atMost(100)),
                    Figure("rows that tails were told they missed", Double(seen.droppedCount), "", .atMost(0)),
                    Figure("processor time of the server", processor / Double(seconds) * 100, "% of a core"),
                    Figure("peak resident", Double(try server.peakResidentByteCount()) / 1_048_576, "MiB"),
                ]))
        return report
    }
}

/// Microseconds of the clock that senders and tails share.
func monotonicMicroseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
}
