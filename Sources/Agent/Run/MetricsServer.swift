import Dispatch
import Glibc
import Synchronization

/// Answers `GET /metrics` on a loopback port, one connection at a time, on a thread of its own.
final class MetricsServer: Sendable {
    /// A client that does not ask within so many seconds is let go.
    private static let patienceSeconds = 2
    private static let requestByteCountMax = 8 << 10

    private let listener: Int32
    private let text: @Sendable () -> String
    private let queue = DispatchQueue(label: "logdb.metrics")
    private let isStopping = Atomic(false)

    /// Listens; requests are answered from now on.
    ///
    /// - Parameter text: What `/metrics` answers with.
    /// - Throws: `.unusableEndpoint`.
    init(port: Int, text: @escaping @Sendable () -> String) throws(AgentError) {
        self.text = text
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(listener, 8) == 0 else {
            let reason = String(cString: strerror(errno))
            close(listener)
            throw AgentError(.unusableEndpoint, "cannot answer /metrics on 127.0.0.1:\(port): \(reason)")
        }
        queue.async { [self] in acceptAll() }
    }

    /// Returns when the port is free.
    func stop() async {
        isStopping.store(true, ordering: .relaxed)
        shutdown(listener, Int32(SHUT_RDWR))
        await withCheckedContinuation { done in queue.async { done.resume() } }
    }

    private func acceptAll() {
        while !isStopping.load(ordering: .relaxed) {
            let client = accept(listener, nil, nil)
            guard client >= 0 else {
                if errno == EMFILE || errno == ENFILE { usleep(100_000) }
                continue
            }
            serve(client)
            close(client)
        }
        close(listener)
    }

    private func serve(_ client: Int32) {
        var patience = timeval(tv_sec: MetricsServer.patienceSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(client, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var request: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while request.firstRange(of: end) == nil, request.count < MetricsServer.requestByteCountMax {
            var piece = [UInt8](repeating: 0, count: 1_024)
            let count = recv(client, &piece, piece.count, 0)
            guard count > 0 else { return }
            request += piece[..<count]
        }
        let line = String(decoding: request.prefix { $0 != 0x0d }, as: UTF8.self).split(separator: " ")
        let isKnown = line.count == 3 && line[0] == "GET" && line[1].split(separator: "?")[0] == "/metrics"
        let body = isKnown ? text() : "GET /metrics is all there is here\n"
        let head =
            "HTTP/1.1 \(isKnown ? "200 OK" : "404 Not Found")\r\n"
            + "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n"
        let answer = Array((head + body).utf8)
        var sent = 0
        while sent < answer.count {
            let count = answer.withUnsafeBytes {
                send(client, $0.baseAddress! + sent, answer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
