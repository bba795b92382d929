import Dispatch
import Glibc

/// A connection whose bytes a test decides itself.
final class RawConnection {
    private let socket: Int32
    private let queue = DispatchQueue(label: "raw connection")

    init(port: UInt16) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Stuck("no connection to port \(port)") }
    }

    deinit { close(socket) }

    /// Sends all of it, or as much as the server takes before it closes.
    @discardableResult
    func send(_ text: String) async -> Int { await send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) async -> Int {
        await blocking { socket in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { break }
                sent += count
            }
            return sent
        }
    }

    /// Says that nothing more is sent.
    func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// What the server sends until it closes the connection.
    func readToEnd() async -> String { await read { _ in false } }

    /// What the server sends until `mark` has come.
    func read(until mark: String) async -> String { await read { $0.contains(mark) } }

    private func read(until isEnough: @escaping @Sendable (String) -> Bool) async -> String {
        await blocking { socket in
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(socket, &piece, piece.count, 0)
                guard count > 0 else { break }
                bytes += piece[..<count]
                if isEnough(String(decoding: bytes, as: UTF8.self)) { break }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Off the cooperative threads, which the server under test needs.
    private func blocking<R: Sendable>(_ work: @escaping @Sendable (Int32) -> R) async -> R {
        let socket = socket
        return await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work(socket)) }
        }
    }
}
