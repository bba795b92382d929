import Foundation
import Glibc
import Synchronization

/// Live streams that note how long after its moment each entry arrives. A thread for each, which mostly waits.
final class FleetTails {
    struct Outcome {
        /// In milliseconds.
        var delays: [Double] = []
        var droppedCount = 0
    }

    private let outcome = Seen()

    final class Seen: Sendable {
        let state = Mutex(Outcome())
        let isOver = Atomic(false)
    }

    /// Opens the streams and waits until all of them are live.
    init(port: UInt16, count: Int) throws {
        for index in 0..<count {
            let socket = try RawSocket(port: port)
            socket.send(
                "GET /api/v1/logs/stream?query=watch%3A%3Dt\(index) HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
            )
            var first: [UInt8] = []
            while !String(decoding: first, as: UTF8.self).contains("\"type\":\"rows\"") {
                guard socket.receive(into: &first, within: 10_000) else {
                    throw LoadError("tail \(index) did not begin: \(String(decoding: first, as: UTF8.self))")
                }
            }
            let outcome = outcome
            let thread = Thread { FleetTails.follow(socket, outcome) }
            thread.stackSize = 512 << 10
            thread.start()
        }
    }

    /// Waits until so many entries have arrived, or none has for some seconds.
    func finish(expecting count: Int) -> Outcome {
        var last = -1
        while true {
            let seen = outcome.state.withLock { $0.delays.count }
            if seen >= count || seen == last { break }
            last = seen
            sleep(3)
        }
        outcome.isOver.store(true, ordering: .relaxed)
        return outcome.state.withLock { $0 }
    }

    private static func follow(_ socket: RawSocket, _ outcome: Seen) {
        var bytes: [UInt8] = []
        while !outcome.isOver.load(ordering: .relaxed) {
            guard socket.receive(into: &bytes, within: 1_000) else { continue }
            let now = monotonicMicroseconds()
            var delays: [Double] = []
            var droppedCount = 0
            // Whole lines: an event is one.
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            bytes[...end].withUnsafeBytes { text in
                for moment in numbers(after: "sent=", in: text) { delays.append(Double(now - moment) / 1_000) }
                for count in numbers(after: "\"type\":\"dropped\",\"count\":", in: text) { droppedCount += count }
            }
            bytes.removeFirst(end + 1)
            outcome.state.withLock { whole in
                whole.delays += delays
                whole.droppedCount += droppedCount
            }
        }
    }

    private static func numbers(after mark: StaticString, in text: UnsafeRawBufferPointer) -> [Int] {
        let mark = UnsafeRawBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
        var found: [Int] = []
        var position = 0
        while let start = text[position...].firstIndex(of: mark[0]) {
            position = start + 1
            guard text[start...].prefix(mark.count).elementsEqual(mark) else { continue }
            position = start + mark.count
            var number = 0
            while position < text.count, (0x30...0x39).contains(text[position]) {
                number = number * 10 + Int(text[position] - 0x30)
                position += 1
            }
            found.append(number)
        }
        return found
    }
}

/// A connection whose bytes are read as they come.
final class RawSocket: Sendable {
    private let socket: Int32

    init(port: UInt16) throws(LoadError) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .system("socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw .system("connect to 127.0.0.1:\(port)") }
    }

    deinit { close(socket) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Appends what has come; false where nothing came in so many milliseconds, or the connection is over.
    func receive(into bytes: inout [UInt8], within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) > 0 else { return false }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 64 << 10))
        let count = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + start, 64 << 10, 0) }
        bytes.removeLast((64 << 10) - max(count, 0))
        return count > 0
    }
}
