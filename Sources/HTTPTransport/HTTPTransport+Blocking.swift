import Glibc
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
private final class BlockingAnswer: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var given: Result<HTTPReply, HTTPTransportError>?

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    func give(_ result: Result<HTTPReply, HTTPTransportError>) {
        pthread_mutex_lock(mutex)
        given = result
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    func take() throws(HTTPTransportError) -> HTTPReply {
        pthread_mutex_lock(mutex)
        while given == nil { pthread_cond_wait(condition, mutex) }
        let result = given!
        pthread_mutex_unlock(mutex)
        return try result.get()
    }
}
