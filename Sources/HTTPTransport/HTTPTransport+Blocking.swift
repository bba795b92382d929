import Dispatch
import Synchronization

extension HTTPTransport {
    /// As `send`, for a thread that may block: never one of Swift's cooperative pool.
    public func sendBlocking(_ call: HTTPCall) throws(HTTPTransportError) -> HTTPReply {
        let answer = BlockingAnswer()
        Task.detached {
            do throws(HTTPTransportError) {
                answer.give(.success(try await self.send(call)))
            } catch {
                answer.give(.failure(error))
            }
        }
        return try answer.take()
    }
}

/// An answer that a thread waits for.
private final class BlockingAnswer: Sendable {
    private let given: Mutex<Result<HTTPReply, HTTPTransportError>?> = Mutex(nil)
    private let arrived = DispatchSemaphore(value: 0)

    func give(_ result: Result<HTTPReply, HTTPTransportError>) {
        given.withLock { $0 = result }
        arrived.signal()
    }

    func take() throws(HTTPTransportError) -> HTTPReply {
        arrived.wait()
        return try given.withLock { $0! }.get()
    }
}
