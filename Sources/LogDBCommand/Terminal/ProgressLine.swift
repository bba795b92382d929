import Glibc
import Synchronization

/// One line on standard error that says how far a long work is, while a person watches it.
final class ProgressLine: Sendable {
    private struct State {
        var lastDrawn: ContinuousClock.Instant?
        var isShown = false
    }

    private let isEnabled: Bool
    private let style = Style.standardError
    private let state = Mutex(State())
    private static let interval = Duration.milliseconds(80)
    private static let barWidth = 24

    init(isEnabled: Bool = Terminal.isStandardErrorATerminal) { self.isEnabled = isEnabled }

    /// Shows how far `body` is while it runs, and takes the line away at its end, however that comes.
    ///
    /// - Parameter body: Calls its argument with how much is done, 0 to 1, and what is being done.
    static func during<R>(
        _ title: String, _ body: (@escaping @Sendable (Double, String) -> Void) async throws -> R
    ) async throws -> R {
        let line = ProgressLine()
        defer { line.clear() }
        return try await body { done, detail in line.update(title, fraction: done, detail: detail) }
    }

    /// Draws the line anew, at most some times a second.
    ///
    /// - Parameter fraction: How much is done, 0 to 1. Nil: unknown.
    func update(_ title: String, fraction: Double?, detail: @autoclosure () -> String) {
        guard isEnabled else { return }
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            if let last = state.lastDrawn, now - last < ProgressLine.interval { return false }
            state.lastDrawn = now
            state.isShown = true
            return true
        }
        guard isDue else { return }
        var parts = [style.paint(PlainText.escaped(title), .bold)]
        if let fraction {
            let bounded = min(max(fraction, 0), 1)
            parts.append(bar(bounded) + " " + PlainText.paddedLeft("\(Int(bounded * 100))%", to: 4))
        }
        let detail = detail()
        // A line that wraps could not be drawn over: it gives up its end.
        let used = PlainText.width(title) + (fraction == nil ? 2 : ProgressLine.barWidth + 9)
        let room = (Terminal.width(STDERR_FILENO) ?? 80) - used - 2
        if room > 0 { parts.append(String(detail.prefix(room))) }
        Terminal.say("\r\u{1b}[K" + parts.joined(separator: "  "))
    }

    /// Takes the line away, so that something else can be said.
    func clear() {
        let wasShown = state.withLock { state in
            defer { state = State() }
            return state.isShown
        }
        if wasShown { Terminal.say("\r\u{1b}[K") }
    }

    private func bar(_ fraction: Double) -> String {
        let done = Int(fraction * Double(ProgressLine.barWidth))
        return style.paint(String(repeating: "━", count: done), .green)
            + style.paint(String(repeating: "━", count: ProgressLine.barWidth - done), .dim)
    }
}
