import Dispatch

/// Runs calls that wait for a disk on threads of their own, so that they never hold up Swift's cooperative pool.
enum BlockingCall {
    static func run<R: Sendable>(
        _ body: @escaping @Sendable () throws(AgentError) -> R
    ) async throws(AgentError) -> R {
        let result: Result<R, AgentError> = await withCheckedContinuation { done in
            queue.async {
                do throws(AgentError) { done.resume(returning: .success(try body())) } catch {
                    done.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private static let queue = DispatchQueue(label: "logdb.blocking", attributes: .concurrent)
}
