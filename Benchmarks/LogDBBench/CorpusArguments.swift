import ArgumentParser
import Glibc
import LogModel

/// The options of every command that makes a corpus.
struct CorpusArguments: ParsableArguments {
    @Option(help: "How many entries.")
    var entries = 1_000_000

    @Option(help: "The seed; with the same end, the same seed makes the same bytes.")
    var seed: UInt64 = 1

    @Option(help: "The moment at which the seven days end (RFC 3339), or now.")
    var end = CorpusOptions.endDefault.description

    func validate() throws {
        guard (0...1_000_000_000).contains(entries) else {
            throw ValidationError("--entries must be from 0 to 1000000000, not \(entries).")
        }
        if end != "now", Timestamp(rfc3339: end) == nil {
            throw ValidationError("--end must be now, or a time such as 2025-01-03T14:00:00Z, not \(end).")
        }
    }

    var options: CorpusOptions {
        CorpusOptions(entryCount: entries, seed: seed, end: Timestamp(rfc3339: end) ?? CorpusArguments.present())
    }

    private static func present() -> Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000)
    }
}
