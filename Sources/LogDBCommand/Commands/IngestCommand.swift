import ArgumentParser
import LogModel

extension IngestOptions.Format: ExpressibleByArgument {}

struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Stores log files: NDJSON in the LogMessage form, or plain text.",
        discussion: """
            Good lines are stored whatever the bad ones around them; those are named on standard error.

            The same file may be ingested again at any time: what is stored already is not stored twice. So an ingest \
            that was interrupted is simply run again, and a file that has grown gives its new lines. A file is known by \
            its text: by its first line, and where that tells no time by its path too. Standard input is not known \
            again. A store remembers for 90 days.

            An entry without a time is of the moment when it is received; a line of plain text without a time goes on \
            with the time of the line before it.

            EXAMPLES
              logdb ingest robot.ndjson --server http://127.0.0.1:8080
              logdb ingest app.log --device RBT-0001 --module app --data ./data
              journalctl -o cat | logdb ingest - --device RBT-0001 --data ./data

            Ends with 0 when all lines are stored, 2 when some are not.
            """)

    @Argument(help: ArgumentHelp("The files; - for standard input, as is none.", valueName: "file"))
    var files: [String] = []

    @OptionGroup var target: TargetOptions

    @Option(help: ArgumentHelp("The device (DSN) of entries that name none.", valueName: "dsn"))
    var device: String?

    @Option(help: ArgumentHelp("The session of entries that name none.", valueName: "id"))
    var session: String?

    @Option(help: ArgumentHelp("The module of entries that name none.", valueName: "name"))
    var module: String?

    @Option(help: "How lines are read; auto is ndjson where a file begins with {.")
    var format = IngestOptions.Format.auto

    @Option(
        help: ArgumentHelp(
            "Entries of a batch, 1 to \(Piece.lineCountMax); rounded down to a power of two.", valueName: "count"))
    var batchSize = 4_096

    @Flag(help: "Store all of it even if it is stored already.")
    var again = false

    func validate() throws {
        if !(1...Piece.lineCountMax).contains(batchSize) {
            throw ValidationError("--batch-size must be from 1 to \(Piece.lineCountMax)")
        }
        if device?.isEmpty == true { throw ValidationError("--device must not be empty") }
        let byteCountMax = EntryDecoder.Limits().idByteCountMax
        for (name, value) in [("--device", device), ("--session", session), ("--module", module)] {
            guard let byteCount = value?.utf8.count, byteCount > byteCountMax else { continue }
            throw ValidationError("\(name) has \(byteCount) bytes, at most \(byteCountMax) may be")
        }
    }

    func run() async throws {
        if files.isEmpty, Terminal.isStandardInputATerminal {
            throw CommandFailure("name the files to ingest; - is standard input")
        }
        var options = IngestOptions()
        options.format = format
        options.device = device
        options.session = session
        options.module = module
        options.batchSize = batchSize
        options.isAgain = again
        let stop = StopRequest()
        stop.watchSignals()
        let line = ProgressLine()
        let sink: any BatchSink
        switch try target.target() {
        case .server(let url):
            sink = ServerSink(try target.client(url)) { reason in
                line.update("waiting", fraction: nil, detail: PlainText.escaped(reason))
            }
        case .data(let directory):
            sink = try await StoreSink(
                directory: directory, keys: try KeyFile.read(target.encryptionKeys))
        }
        var run = IngestRun(options: options, sink: sink, stop: stop, line: line)
        await run.store(files.isEmpty ? ["-"] : files)
        await sink.close()
        if let signal = stop.signal, !run.isComplete { throw ExitCode(ExitStatus.interrupted(by: signal)) }
        if !run.isComplete || run.total.refusedCount > 0 { throw ExitCode(ExitStatus.failure) }
    }
}
