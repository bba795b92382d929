import LogDB

/// The memory that the pipes of one query hold together.
final class PipeMemory {
    private let byteCountMax: Int
    private var byteCount = 0

    /// - Parameter byteCountMax: In bytes.
    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    /// Notes how much a pipe holds now.
    ///
    /// - Parameters:
    ///   - held: What the pipe held before; becomes `newByteCount`.
    ///   - pipe: Its name, for the error.
    /// - Throws: `LogError` with `memoryBudget` when all pipes together hold more than they may.
    func hold(_ held: inout Int, _ newByteCount: Int, _ pipe: String) throws(LogError) {
        byteCount += newByteCount - held
        held = newByteCount
        guard byteCount > byteCountMax else { return }
        throw PipeMemory.exceeded(pipe, byteCountMax)
    }

    /// Notes that a pipe holds nothing any more.
    func giveBack(_ held: inout Int) {
        byteCount -= held
        held = 0
    }

    /// What is left.
    var freeByteCount: Int { max(0, byteCountMax - byteCount) }

    static func exceeded(_ pipe: String, _ byteCountMax: Int) -> LogError {
        LogError(
            .memoryBudget,
            "The pipe \(pipe) needs more than the \(byteCountMax) bytes that a query may use; \(advice(for: pipe)).")
    }

    private static func advice(for pipe: String) -> String {
        switch pipe {
        case "stats", "top", "rare", "uniq", "fieldvalues", "timechart", "patterns":
            "group by fewer or coarser fields, or ask for a shorter time"
        default: "ask for fewer rows with limit before it, or for a shorter time"
        }
    }
}
