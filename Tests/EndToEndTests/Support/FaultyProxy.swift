import Foundation
import Glibc
import Synchronization

/// Stands between a client and a server, connection by connection, and misbehaves as it is told.
final class FaultyProxy: Sendable {
    enum Fault: Sendable {
        case none
        /// Answers 500 itself.
        case serverError
        /// Ends the connection within the answer.
        case truncated
        /// Answers nothing, and keeps the connection.
        case silent
        /// Ends the connection at once.
        case refused
        /// Each of the above by turns, and now and then none.
        case mixed
    }

    let url: String
    private let listener: Int32
    private let server: UInt16
    private let fault = Mutex(Fault.none)
    private let connectionCount = Mutex(0)

    /// - Parameter url: Of the server, on this machine.
    init(to url: String) throws {
        guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw Stuck("no port in \(url)")
        }
        server = port
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        let own = try TestServer.freePort()
        let isBound = withLoopbackAddress(own) { bind(listener, $0, $1) == 0 }
        guard isBound, listen(listener, 64) == 0 else { throw Stuck("no port for the proxy") }
        self.url = "http://127.0.0.1:\(own)"
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    func set(_ new: Fault) { fault.withLock { $0 = new } }

    /// Ends the listening; connections that are open end with their peers.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func next() -> Fault {
        let fault = fault.withLock { $0 }
        guard case .mixed = fault else { return fault }
        let number = connectionCount.withLock { count in
            count += 1
            return count
        }
        return [.serverError, .none, .truncated, .none, .refused, .none][number % 6]
    }

    private func serve(_ client: Int32) {
        defer { close(client) }
        let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(upstream) }
        guard withLoopbackAddress(server, { connect(upstream, $0, $1) == 0 }) else { return }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var descriptors = [client, upstream].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var fault = Fault.none
        while poll(&descriptors, 2, 600_000) > 0 {
            if descriptors[0].revents != 0 {
                let count = recv(client, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                fault = next()
                switch fault {
                case .refused: return
                case .silent: continue
                case .serverError:
                    sendAll(
                        Array("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops".utf8),
                        to: client)
                    return
                case .none, .truncated, .mixed: sendAll(Array(buffer[..<count]), to: upstream)
                }
            }
            if descriptors[1].revents != 0 {
                let count = recv(upstream, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                if case .truncated = fault {
                    sendAll(Array(buffer[..<max(count - 7, 0)]), to: client)
                    return
                }
                sendAll(Array(buffer[..<count]), to: client)
            }
        }
    }
}
