import Foundation
import LogModel
import Testing

/// Real processes that log through a sink and are ended in the middle of it.
struct CrashTests {
    private static let binary: String = {
        let runner =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: runner).deletingLastPathComponent().path + "/SinkProcess"
    }()

    private let directory: SinkDirectory

    init() throws { directory = try SinkDirectory() }

    private func start(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.binary)
        process.arguments = [directory.path] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }

    /// What the process said that it had logged.
    private func numbers(_ output: Data) -> [String] {
        String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    private func logged() throws -> [String] {
        let sink = try #require(directory.sinks.first)
        let entries = try directory.entries(sink)
        #expect(entries.map(\.sequence) == entries.indices.map { UInt64($0 + 1) })
        return entries.compactMap { ($0.entry["context"] as? [String: String])?["number"] }
    }

    @Test func aSegmentationFaultLosesNothing() throws {
        let (process, output) = try start(["-", "2000", "segv"])
        let said = numbers(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGSEGV)
        #expect(said.count == 2_000)
        #expect(try logged() == said)
    }

    @Test(arguments: [1, 100, 1_500, 5_000])
    func aKillInMidBurstLosesNothing(after count: Int) throws {
        let (process, output) = try start(["-", "10000000", "wait"])
        let handle = output.fileHandleForReading
        var said = Data()
        while numbers(said).count < count {
            let more = handle.availableData
            if more.isEmpty { break }
            said += more
        }
        kill(process.processIdentifier, SIGKILL)
        said += handle.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        let (told, kept) = (numbers(said), try logged())
        #expect(told.count >= count)
        // The last one may have been logged and not said any more.
        #expect(kept.starts(with: told) && kept.count - told.count <= 1)
    }
}
