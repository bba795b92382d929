import ArgumentParser
import Foundation

/// What every measurement of a load that is made as it is sent takes, and how it ends.
struct MeasurementArguments: ParsableArguments {
    @Option(help: "The logdb executable to measure.")
    var serverBinary: String

    @Option(help: "Where to make the data directory; it should be on the disk that matters, not in memory.")
    var directory = "/var/tmp"

    @Option(help: "Also write the figures to this file, as JSON.")
    var json: String?

    /// - Throws: `ValidationError` that names the first option out of its bounds.
    static func check(_ options: [(name: String, value: Int, bounds: ClosedRange<Int>)]) throws {
        for (name, value, bounds) in options where !bounds.contains(value) {
            throw ValidationError("\(name) must be from \(bounds.lowerBound) to \(bounds.upperBound), not \(value).")
        }
    }

    /// Runs `body` in a directory that goes away with it, and prints what it reports.
    ///
    /// - Throws: `ExitCode` 2 when a figure is worth nothing, 1 when a target was missed.
    func measure(_ body: (_ home: String) throws -> Report) throws {
        let home = "\(directory)/logdb-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        let report = try body(home)
        print(report.tables())
        if let json { try report.write(to: json) }
        if !report.isRight { throw ExitCode(2) }
        if !report.isReached { throw ExitCode(1) }
    }

    /// A report without a section, of `entryCount` entries that were made as they were sent.
    static func report(_ machine: Machine, entryCount: Int, byteCount: Int) -> Report {
        Report(
            command: CommandLine.arguments.joined(separator: " "), machine: machine,
            source: .init(
                entryCount: entryCount, byteCount: byteCount, seed: 0, end: Date.now.ISO8601Format(),
                about: "made as they are sent"))
    }
}
