import Glibc

/// One keep-alive HTTP/1.1 connection to a server on this machine, with blocking calls: as little client as will do,
/// so that the processor time goes to the server under test.
struct HTTPConnection: ~Copyable {
    private let socket: Int32
    /// What was received; up to `used` it was handed out.
    private var buffer: [UInt8] = []
    private var used = 0
    private var chunk = [UInt8](repeating: 0, count: 1 << 18)

    struct Answer {
        var status: Int
        var body: [UInt8]
    }

    /// Connects to 127.0.0.1.
    init(port: UInt16) throws(LoadError) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .system("socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, length) }
        }
        guard connected == 0 else { throw .system("connect to 127.0.0.1:\(port)") }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(socket) }

    /// The bytes of a whole request.
    static func request(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) -> [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        head += "\r\n"
        return Array(head.utf8) + body
    }

    /// Sends the bytes of one request and waits for its answer.
    mutating func exchange(_ request: [UInt8]) throws(LoadError) -> Answer {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                send(socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .system("send") }
            sent += count
        }
        return try receive()
    }

    private mutating func receive() throws(LoadError) -> Answer {
        let status = try line().split(separator: " ")
        guard status.count >= 2, status[0] == "HTTP/1.1", let code = Int(status[1]) else {
            throw LoadError("the server does not answer in HTTP/1.1: \(status.joined(separator: " "))")
        }
        var length: Int?
        var isChunked = false
        while true {
            let header = try line()
            if header.isEmpty { break }
            guard let colon = header.firstIndex(of: ":") else { throw LoadError("malformed header: \(header)") }
            let value = header[header.index(after: colon)...].drop { $0 == " " }
            switch header[..<colon].lowercased() {
            case "content-length": length = Int(value)
            case "transfer-encoding": isChunked = value.lowercased() == "chunked"
            default: break
            }
        }
        if isChunked { return Answer(status: code, body: try chunkedBody()) }
        guard let length else { throw LoadError("an answer without a length") }
        var body: [UInt8] = []
        try take(length, into: &body)
        return Answer(status: code, body: body)
    }

    private mutating func chunkedBody() throws(LoadError) -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let size = try line().prefix { $0 != ";" }
            guard let count = Int(size, radix: 16) else { throw LoadError("malformed chunk size: \(size)") }
            if count > 0 { try take(count, into: &body) }
            if count == 0 { while try !line().isEmpty {} } else { _ = try line() }
            if count == 0 { return body }
        }
    }

    /// The next line, without its CR LF.
    private mutating func line() throws(LoadError) -> String {
        while true {
            if let end = buffer[used...].firstIndex(of: UInt8(ascii: "\n")) {
                let text = buffer[used..<end]
                used = end + 1
                return String(decoding: text.last == UInt8(ascii: "\r") ? text.dropLast() : text, as: UTF8.self)
            }
            try fill()
        }
    }

    /// Moves the next `count` bytes to the end of `body`.
    private mutating func take(_ count: Int, into body: inout [UInt8]) throws(LoadError) {
        var left = count
        while true {
            let piece = min(left, buffer.count - used)
            body += buffer[used..<used + piece]
            used += piece
            left -= piece
            if left == 0 { return }
            try fill()
        }
    }

    private mutating func fill() throws(LoadError) {
        buffer.removeFirst(used)
        used = 0
        while true {
            let count = recv(socket, &chunk, chunk.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system("receive") }
            guard count > 0 else { throw LoadError("the server closed the connection before its answer was complete") }
            buffer += chunk[..<count]
            return
        }
    }
}
