/// Lets the spool work whenever its bell rings or something is due.
struct SpoolPump: Sendable {
    let spool: Spool

    /// Returns when the spool is closed.
    ///
    /// - Throws: What the spool throws.
    func run() async throws(AgentError) {
        var timer: Task<Void, Never>?
        var timerDue: ContinuousClock.Instant?
        defer { timer?.cancel() }
        for await _ in spool.work {
            guard let wait = try await spool.step() else { continue }
            let due = ContinuousClock.now + wait
            // One that rings no later will do: it only looks.
            if let timerDue, timerDue <= due, timerDue > ContinuousClock.now { continue }
            timer?.cancel()
            timerDue = due
            let bell = spool.bell
            timer = Task {
                do { try await Task.sleep(until: due, clock: .continuous) } catch { return }
                bell.yield()
            }
        }
    }
}
