import LogDB
import LogModel
import Synchronization

/// Work that goes on after the request that asked for it.
final class Jobs: Sendable {
    enum State: String, Sendable {
        case running
        case done
        case failed
    }

    struct Job: Sendable {
        var id: String
        var kind: String
        var state = State.running
        /// 0 to 1.
        var progress = 0.0
        /// What is being done, or why it failed.
        var detail = ""
        var started: Timestamp
        var finished: Timestamp?
        /// What a job found out that is there to find something out.
        var result: JobResult?
    }

    /// Finished jobs that are remembered.
    private static let finishedCountMax = 100

    private struct Registry {
        /// The newest last.
        var jobs: [Job] = []
        var tasks: [String: Task<Void, Never>] = [:]
        var isStopping = false
    }

    private let registry = Mutex(Registry())

    /// Starts a job of that kind, unless one is running already.
    ///
    /// - Parameter isAlone: Whether one at a time of the kind is enough; else there may be several.
    /// - Returns: The job's id, or the running one's; nil when the server is stopping.
    func start(
        _ kind: String, isAlone: Bool = true,
        _ work: @escaping @Sendable (_ progress: @escaping @Sendable (Double, String) -> Void) async throws -> Void
    ) -> String? {
        startReporting(kind, isAlone: isAlone) { progress in
            try await work(progress)
            return nil
        }
    }

    /// As `start`, for work that finds something out.
    func startReporting(
        _ kind: String, isAlone: Bool = true,
        _ work:
            @escaping @Sendable (_ progress: @escaping @Sendable (Double, String) -> Void) async throws -> JobResult?
    ) -> String? {
        registry.withLock { registry in
            if registry.isStopping { return nil }
            if isAlone, let running = registry.jobs.first(where: { $0.kind == kind && $0.state == .running }) {
                return running.id
            }
            let id = "\(kind)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
            registry.jobs.append(Job(id: id, kind: kind, started: .now))
            let finished = registry.jobs.filter { $0.state != .running }
            if finished.count > Jobs.finishedCountMax {
                registry.jobs.removeAll { $0.id == finished[0].id }
            }
            registry.tasks[id] = Task {
                do {
                    let result = try await work { done, detail in
                        self.update(id) {
                            $0.progress = done
                            $0.detail = detail
                        }
                    }
                    if let result { self.update(id) { $0.result = result } }
                    self.finish(id, .done, result?.summary)
                } catch {
                    self.finish(id, .failed, "\(error)")
                }
            }
            return id
        }
    }

    func job(_ id: String) -> Job? { registry.withLock { $0.jobs.first { $0.id == id } } }

    /// The newest first.
    var all: [Job] { registry.withLock { $0.jobs.reversed() } }

    /// Cancels what runs. What the store does on its behalf ends with the store.
    func stop() async {
        let tasks = registry.withLock { registry in
            registry.isStopping = true
            return Array(registry.tasks.values)
        }
        for task in tasks { task.cancel() }
    }

    private func update(_ id: String, _ change: (inout Job) -> Void) {
        registry.withLock { registry in
            guard let index = registry.jobs.firstIndex(where: { $0.id == id }) else { return }
            change(&registry.jobs[index])
        }
    }

    private func finish(_ id: String, _ state: State, _ detail: String?) {
        update(id) { job in
            job.state = state
            job.finished = .now
            if state == .done { job.progress = 1 }
            if let detail { job.detail = detail }
        }
        registry.withLock { _ = $0.tasks.removeValue(forKey: id) }
    }
}
