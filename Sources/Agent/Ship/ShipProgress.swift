import Glibc
import Synchronization

/// Tells a person at the terminal what goes on: a line that is redrawn while work goes on, messages above it, and sums
/// for the end. From any thread.
final class ShipProgress: Sendable {
    /// How many refused lines are shown one by one.
    static let refusalShownCountMax = 100

    private let state = Mutex(State())
    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void

    struct Sums: Sendable {
        var acceptedCount = 0
        var duplicateCount = 0
        /// Entries that the server refused, in batches that it took or not.
        var serverRefusedCount = 0
        var batchCount = 0
    }

    private struct State {
        var sums = Sums()
        var refusalCount = 0
        var expectedByteCount: Int64 = 0
        var readByteCount: Int64 = 0
        var isLineShown = false
        var drawnAt: ContinuousClock.Instant?
        let startedAt = ContinuousClock.now
    }

    /// - Parameters:
    ///   - isTerminal: Whether a line may be redrawn in place.
    ///   - write: Puts text on standard error.
    init(isTerminal: Bool, write: @escaping @Sendable (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    var sums: Sums { state.withLock { $0.sums } }
    var elapsed: Duration { state.withLock { ContinuousClock.now - $0.startedAt } }

    func say(_ message: String) { state.withLock { say(message, &$0) } }

    func refused(_ line: RejectedLine) {
        state.withLock { state in
            state.refusalCount += 1
            if state.refusalCount <= ShipProgress.refusalShownCountMax {
                say(line.message, &state)
            } else if state.refusalCount == ShipProgress.refusalShownCountMax + 1 {
                say("more lines are refused; all of them are in rejected.ndjson", &state)
            }
        }
    }

    func addExpected(byteCount: Int64) { state.withLock { $0.expectedByteCount += byteCount } }

    func addRead(byteCount: Int64) {
        state.withLock { state in
            state.readByteCount += byteCount
            draw(&state)
        }
    }

    func advanced(_ receipt: UploadReceipt) {
        state.withLock { state in
            state.sums.acceptedCount += receipt.acceptedCount
            state.sums.duplicateCount += receipt.duplicateCount
            state.sums.serverRefusedCount += receipt.rejectedCount
            state.sums.batchCount += 1
            draw(&state)
        }
    }

    func quarantined(_ batch: UploadBatch) {
        state.withLock { $0.sums.serverRefusedCount += batch.entryCount }
    }

    /// Takes the redrawn line away.
    func finish() { state.withLock { clear(&$0) } }

    private func say(_ message: String, _ state: inout State) {
        clear(&state)
        write(ShipProgress.harmless(message) + "\n")
    }

    private func clear(_ state: inout State) {
        guard state.isLineShown else { return }
        write("\r\u{1b}[K")
        state.isLineShown = false
        state.drawnAt = nil
    }

    private func draw(_ state: inout State) {
        guard isTerminal else { return }
        let now = ContinuousClock.now
        guard state.drawnAt.map({ now - $0 > .milliseconds(200) }) ?? true else { return }
        let count = state.sums.acceptedCount + state.sums.duplicateCount
        let rate = Int(Double(count) / max(0.001, (now - state.startedAt) / .seconds(1)))
        let share = state.readByteCount * 100 / max(1, state.expectedByteCount)
        write("\r\u{1b}[Kshipped \(count) entries, \(rate)/s, \(min(share, 100)) % read")
        state.isLineShown = true
        state.drawnAt = now
    }

    /// Without the control characters that a file's name or a server's answer could steer the terminal with.
    private static func harmless(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            let steers = scalar.value < 0x20 && scalar != "\n" || (0x7f...0x9f).contains(scalar.value)
            shown.unicodeScalars.append(steers ? "\u{fffd}" : scalar)
        }
        return shown
    }
}
