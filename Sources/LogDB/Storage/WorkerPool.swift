import CBytes
import Glibc

/// Threads of the engine's own, for work that blocks on the disk or computes for long: Swift's cooperative pool has one
/// thread a core, and a blocked one stalls every task of the process.
final class WorkerPool: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [@Sendable () -> Void] = []
    private var firstJob = 0
    private var isStopping = false
    private var threads: [pthread_t] = []
    let threadCount: Int

    /// - Parameter name: Shown in `top -H` and debuggers, at most 15 bytes.
    init(threadCount: Int, name: String) {
        self.threadCount = threadCount
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
        for _ in 0..<threadCount {
            threads.append(EngineThread.start(name: name) { [unowned self] in self.work() })
        }
    }

    deinit {
        stop()
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    /// Runs what is queued, then ends the threads. What is submitted later is refused.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_cond_broadcast(condition)
        let threads = threads
        self.threads = []
        pthread_mutex_unlock(mutex)
        for thread in threads { pthread_join(thread, nil) }
    }

    /// - Returns: False when the threads have ended or are about to: the job will not run.
    @discardableResult
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isStopping else { return false }
        jobs.append(job)
        pthread_cond_signal(condition)
        return true
    }

    /// Runs `body` on one of the threads.
    ///
    /// - Throws: What `body` throws; `.closed` after `stop`.
    func run<R: Sendable>(_ body: @escaping @Sendable () throws(LogError) -> R) async throws(LogError) -> R {
        let result: Result<R, LogError> = await withCheckedContinuation { continuation in
            let isTaken = submit {
                do throws(LogError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if !isTaken { continuation.resume(returning: .failure(LogError(.closed, "the store is closed"))) }
        }
        return try result.get()
    }

    private func work() {
        while true {
            pthread_mutex_lock(mutex)
            while firstJob == jobs.count, !isStopping { pthread_cond_wait(condition, mutex) }
            if firstJob == jobs.count {
                pthread_mutex_unlock(mutex)
                return
            }
            let job = jobs[firstJob]
            firstJob += 1
            if firstJob == jobs.count {
                jobs.removeAll(keepingCapacity: true)
                firstJob = 0
            }
            pthread_mutex_unlock(mutex)
            job()
        }
    }
}

/// A thread of the engine.
enum EngineThread {
    private final class Body {
        let name: String
        let run: () -> Void
        init(name: String, run: @escaping () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a thread, to be joined by the caller.
    static func start(name: String, _ run: @escaping () -> Void) -> pthread_t {
        let body = Unmanaged.passRetained(Body(name: name, run: run))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                let body = Unmanaged<Body>.fromOpaque(context!).takeRetainedValue()
                cbytes_name_this_thread(body.name)
                body.run()
                return nil
            }, body.toOpaque())
        precondition(status == 0, "no thread could be started: \(String(cString: strerror(status)))")
        return thread
    }
}
