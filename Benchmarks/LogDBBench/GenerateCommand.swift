import ArgumentParser
import Foundation
import Glibc
import LogModel

/// `logdb-bench generate`: writes a corpus to a file.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write a seeded corpus of fleet-like log lines (NDJSON).")

    @OptionGroup var corpus: CorpusArguments

    @Option(help: "The file to write, or - for standard output.")
    var out: String

    func run() throws {
        let file = out == "-" ? dup(STDOUT_FILENO) : open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw LoadError.system("cannot write \(out)") }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        var corpus = Corpus(try corpus.options())
        var buffer: [UInt8] = []
        var byteCount = 0
        while corpus.appendLines(1_000, to: &buffer) > 0 {
            try handle.write(contentsOf: buffer)
            byteCount += buffer.count
            buffer.removeAll(keepingCapacity: true)
        }
        try handle.close()
        let mean = corpus.index == 0 ? 0 : Double(byteCount) / Double(corpus.index)
        say("\(corpus.index) entries, \(byteCount) bytes, mean \(fixed(mean, 1)) bytes a line")
    }
}

/// The options of every command that makes a corpus.
struct CorpusArguments: ParsableArguments {
    @Option(help: "How many entries.")
    var entries = 1_000_000

    @Option(help: "The seed; with the same end, the same seed makes the same bytes.")
    var seed: UInt64 = 1

    @Option(help: "The moment at which the seven days end (RFC 3339); now when not given.")
    var end: String?

    @Option(help: "How many consecutive entries share a request_id.")
    var requestShare = 1

    func validate() throws {
        guard (0...1_000_000_000).contains(entries) else {
            throw ValidationError("--entries must be from 0 to 1000000000, not \(entries).")
        }
        guard requestShare >= 1 else {
            throw ValidationError("--request-share must be at least 1, not \(requestShare).")
        }
        if let end, Timestamp(rfc3339: end) == nil {
            throw ValidationError("--end must be a time such as 2025-01-03T14:00:00Z, not \(end).")
        }
    }

    func options() throws -> CorpusOptions {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let present = Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000)
        return CorpusOptions(
            entryCount: entries, seed: seed, end: end.flatMap { Timestamp(rfc3339: $0) } ?? present,
            requestShare: requestShare)
    }
}
