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

    @Option(help: "Also write the questions of each class and their right answers to this file, as JSON.")
    var queries: String?

    func run() throws {
        let file = out == "-" ? dup(STDOUT_FILENO) : open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw LoadError.system("cannot write \(out)") }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        let start = ContinuousClock.now
        let byteCount = try write(to: handle)
        try handle.close()
        let seconds = (ContinuousClock.now - start).seconds
        let mean = corpus.entries == 0 ? 0 : Double(byteCount) / Double(corpus.entries)
        say(
            "\(corpus.entries) entries, \(byteCount) bytes, mean \(fixed(mean, 1)) bytes a line, \(fixed(seconds, 1)) s"
        )
    }

    private func write(to handle: FileHandle) throws -> Int {
        var buffer: [UInt8] = []
        guard let queries else {
            var lines = Corpus(corpus.options)
            var byteCount = 0
            while lines.appendLines(1_000, to: &buffer) > 0 {
                try handle.write(contentsOf: buffer)
                byteCount += buffer.count
                buffer.removeAll(keepingCapacity: true)
            }
            return byteCount
        }
        var lines = AnsweredCorpus(corpus.options)
        while lines.appendLines(1_000, to: &buffer) > 0 {
            try handle.write(contentsOf: buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        try QueryList(lines.answered, corpus.options, byteCount: lines.byteCount).write(to: queries)
        return lines.byteCount
    }
}
