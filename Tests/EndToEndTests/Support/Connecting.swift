import Glibc

/// A port of this machine as a socket's address.
func withLoopbackAddress<R>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}

/// A socket that is connected to a port of this machine; the caller closes it.
func connected(to port: UInt16) throws -> Int32 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard withLoopbackAddress(port, { connect(socket, $0, $1) }) == 0 else {
        let reason = String(cString: strerror(errno))
        close(socket)
        throw Stuck("no connection: \(reason)")
    }
    return socket
}

/// Sends all of it, or as much as the other side takes.
func sendAll(_ bytes: [UInt8], to socket: Int32) {
    var offset = 0
    while offset < bytes.count {
        let count = bytes.withUnsafeBytes {
            send(socket, $0.baseAddress! + offset, $0.count - offset, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        offset += count
    }
}
