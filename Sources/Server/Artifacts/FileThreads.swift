import Dispatch
import Synchronization

/// A few threads for calls that wait for the disk, so that they hold up no request that does not ask for it.
final class FileThreads: Sendable {
    private static let threadCount = 4

    private let queues = (0..<FileThreads.threadCount).map { DispatchQueue(label: "logdb-files-\($0)") }
    private let nextQueue = Atomic(0)

    func run<R: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> R
    ) async throws(Failure) -> R {
        let index = nextQueue.wrappingAdd(1, ordering: .relaxed).oldValue
        let queue = queues[Int(UInt(bitPattern: index) % UInt(queues.count))]
        let result: Result<R, Failure> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(Failure) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
