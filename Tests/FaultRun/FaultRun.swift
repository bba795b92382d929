import Foundation

/// How often a test makes its fault happen, from which seed, and what came of it. `Scripts/faults` says the first two, and
/// gathers the last over many runs.
public enum FaultRun {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether the long forms of the fault tests were asked for.
    public static let isLong = environment["LOGDB_TEST_LONG"] == "1"

    /// How often the fault is to happen: what `LOGDB_FAULT_COUNT` says, else one of these.
    public static func count(_ short: Int, long: Int) -> Int {
        environment["LOGDB_FAULT_COUNT"].flatMap { Int($0) } ?? (isLong ? long : short)
    }

    /// What the random choices of a test follow from: `LOGDB_FAULT_SEED`, else this.
    public static func seed(_ usual: UInt64) -> UInt64 {
        environment["LOGDB_FAULT_SEED"].flatMap { UInt64($0) } ?? usual
    }

    /// Adds a line to the file that `LOGDB_FAULT_RESULTS` names, where it does: the row of docs/RELIABILITY.md, how many
    /// faults happened and passed, of what, and the seed.
    public static func report(_ row: String, _ count: Int, _ unit: String, seed: UInt64) {
        guard let path = environment["LOGDB_FAULT_RESULTS"] else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { return }
        defer { close(file) }
        let line = Array("\(row)\t\(count)\t\(unit)\t\(seed)\n".utf8)
        _ = write(file, line, line.count)
    }
}
