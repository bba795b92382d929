import Foundation

/// A process of one of the executables. What it writes goes to files, so that it never waits for a reader.
final class ChildProcess: Sendable {
    private let process: Process
    private let outputPath: String
    private let errorPath: String
    private let exit: Task<Int32, Never>

    /// - Parameters:
    ///   - input: The path of the file for standard input; nil for an empty one.
    ///   - output: The path of the file for standard output; standard error goes beside it, with `.err` added.
    init(
        _ binary: String, _ arguments: [String], input: String? = nil, output: String,
        environment: [String: String] = [:]
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = arguments
        // What whoever runs the tests has set for himself is no part of them.
        let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
            name != "NO_COLOR" && (!name.hasPrefix("LOGDB_") || name.hasPrefix("LOGDB_TEST_"))
        }
        process.environment = inherited.merging(environment) { $1 }
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) } ?? FileHandle.nullDevice
        outputPath = output
        errorPath = output + ".err"
        for path in [outputPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { ended in
            end.yield(ended.terminationReason == .exit ? ended.terminationStatus : -ended.terminationStatus)
            end.finish()
        }
        exit = Task {
            for await status in ends { return status }
            return Int32.min
        }
        try process.run()
        self.process = process
    }

    /// Waits for the end: the exit status, or the signal's number made negative.
    func wait() async -> Int32 { await exit.value }

    var isRunning: Bool { process.isRunning }

    /// Bytes of memory that the process has had at most at a time; nil once it has ended.
    var peakResidentByteCount: Int? { memory("VmHWM:") }

    /// Bytes of memory that the process has now; nil once it has ended.
    var residentByteCount: Int? { memory("VmRSS:") }

    private func memory(_ name: String) -> Int? {
        let status = text("/proc/\(process.processIdentifier)/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.split(whereSeparator: \.isWhitespace)[1]) }.map { $0 << 10 }
    }

    /// Ends the process as a loss of power would end the program: nothing of it runs any more on return.
    func killNow() async {
        kill(process.processIdentifier, SIGKILL)
        _ = await wait()
    }

    func terminate() { process.terminate() }

    /// What Ctrl-C does.
    func interrupt() { kill(process.processIdentifier, SIGINT) }

    var output: String { text(outputPath) }
    var errors: String { text(errorPath) }

    private func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}

/// Why a test could not go on.
struct Stuck: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Runs a command to its end.
func run(
    _ binary: String, _ arguments: [String], in directory: ScratchDirectory, input: String? = nil,
    environment: [String: String] = [:]
) async throws -> (status: Int32, output: String, errors: String) {
    let process = try ChildProcess(
        binary, arguments, input: input, output: directory.file("run-" + UUID().uuidString), environment: environment)
    let status = await process.wait()
    return (status, process.output, process.errors)
}
