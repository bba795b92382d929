import Foundation
import Synchronization

/// A real HTTP server of a few lines on a loopback port: each connection has a thread, and the handler writes whatever
/// bytes it likes, so that a test can be a slow, rude or broken server.
final class SocketServer: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        /// Names in lower case.
        var headers: [String: String]
        var body: [UInt8]
        /// Which connection it came on, counted from 0.
        var connection: Int
    }

    /// What a handler answers through.
    struct Client: Sendable {
        let descriptor: Int32

        /// False when the client is gone.
        @discardableResult
        func write(_ bytes: [UInt8]) -> Bool {
            var offset = 0
            while offset < bytes.count {
                let count = bytes.withUnsafeBytes {
                    send(descriptor, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }

        @discardableResult
        func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        func answer(_ status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
            var head = "HTTP/1.1 \(status) Text\r\nContent-Length: \(body.count)\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            write(Array((head + "\r\n").utf8) + body)
        }

        /// Returns when the client has closed the connection.
        func awaitClose() {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }

        /// Ends the connection with a reset instead of an orderly close.
        func reset() {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
    }

    let port: UInt16
    private let listener: Int32
    private let counts = Mutex((connections: 0, requests: 0))
    private let greeting: String
    private let handler: @Sendable (Request, Client) -> Bool

    /// - Parameters:
    ///   - greeting: What each connection is met with, before any request.
    ///   - handler: Answers a request; false closes the connection.
    init(greeting: String = "", _ handler: @escaping @Sendable (Request, Client) -> Bool) throws {
        self.greeting = greeting
        self.handler = handler
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in acceptAll() }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var connectionCount: Int { counts.withLock { $0.connections } }
    var requestCount: Int { counts.withLock { $0.requests } }

    /// Stops taking connections; those that are open go on.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func acceptAll() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let number = counts.withLock { counts in
                counts.connections += 1
                return counts.connections - 1
            }
            Thread.detachNewThread { [self] in serve(descriptor, number: number) }
        }
        close(listener)
    }

    private func serve(_ descriptor: Int32, number: Int) {
        defer { close(descriptor) }
        let client = Client(descriptor: descriptor)
        client.write(greeting)
        var buffer: [UInt8] = []
        while let request = readRequest(descriptor, buffer: &buffer, connection: number) {
            counts.withLock { $0.requests += 1 }
            guard handler(request, client) else { return }
        }
    }

    private func readRequest(_ descriptor: Int32, buffer: inout [UInt8], connection: Int) -> Request? {
        let end = Array("\r\n\r\n".utf8)
        var headEnd = buffer.firstRange(of: end)
        while headEnd == nil {
            guard SocketServer.readMore(descriptor, into: &buffer) else { return nil }
            headEnd = buffer.firstRange(of: end)
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: buffer[..<headEnd.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        while buffer.count < headEnd.upperBound + length {
            guard SocketServer.readMore(descriptor, into: &buffer) else { return nil }
        }
        let body = Array(buffer[headEnd.upperBound..<headEnd.upperBound + length])
        buffer.removeFirst(headEnd.upperBound + length)
        return Request(method: words[0], path: words[1], headers: headers, body: body, connection: connection)
    }

    private static func readMore(_ descriptor: Int32, into buffer: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = piece.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        buffer.append(contentsOf: piece[..<count])
        return true
    }
}
