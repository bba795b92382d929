import Glibc
import Foundation
import Synchronization

/// Stands between agents and a server, request by request, and does to batches what networks do: loses them, loses the
/// answers to them, and delivers copies, at once or long after and out of order. Other requests pass.
final class UnreliableProxy: Sendable {
    /// What happens to a batch.
    enum Fate: CaseIterable, Sendable {
        case delivered
        /// The server never sees it.
        case lost
        /// The server has it, and the agent is not told.
        case answerLost
        case deliveredTwice
        /// And earlier ones come once more after it.
        case overtakesCopies
    }

    let url: String
    private let listener: Int32
    private let server: UInt16
    /// Of a hundred batches, how many are lost, and as many answers.
    private let lossPercent: Int

    private struct State {
        var random: SeededGenerator
        /// Requests that are delivered again later.
        var copies: [[UInt8]] = []
        /// Hashes of the bodies that the server got.
        var delivered: Set<Int> = []
        var fates: [Fate: Int] = [:]
    }
    private let state: Mutex<State>

    private static let copyCountMax = 64

    /// - Parameter server: Its port on this machine.
    init(to server: UInt16, seed: UInt64, lossPercent: Int = 2) throws {
        self.server = server
        self.lossPercent = lossPercent
        state = Mutex(State(random: SeededGenerator(seed: seed)))
        let port = try TestServer.freePort()
        listener = try UnreliableProxy.listening(on: port)
        url = "http://127.0.0.1:\(port)"
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// How many different batches the server has got.
    var batchCount: Int { state.withLock { $0.delivered.count } }

    /// How often each thing happened.
    var fates: [Fate: Int] { state.withLock { $0.fates } }

    private func serve(_ client: Int32) {
        defer { close(client) }
        guard let request = HTTPMessage.read(from: client) else { return }
        guard request.isBatch else { return sendAll(forward(request.closing), to: client) }
        let (fate, copies) = next(request)
        switch fate {
        case .lost: return
        case .answerLost: _ = forward(request.closing)
        case .delivered: sendAll(forward(request.closing), to: client)
        case .deliveredTwice:
            _ = forward(request.closing)
            sendAll(forward(request.closing), to: client)
        case .overtakesCopies:
            let reply = forward(request.closing)
            for copy in copies { _ = forward(copy) }
            sendAll(reply, to: client)
        }
    }

    private func next(_ request: HTTPMessage) -> (Fate, copies: [[UInt8]]) {
        state.withLock { state in
            let number = Int.random(in: 0..<100, using: &state.random)
            let fate: Fate =
                switch number {
                case ..<lossPercent: .lost
                case ..<(2 * lossPercent): .answerLost
                case ..<40: .deliveredTwice
                case ..<60: .overtakesCopies
                default: .delivered
                }
            state.fates[fate, default: 0] += 1
            if fate != .lost { state.delivered.insert(request.bodyHash) }
            let copies = fate == .overtakesCopies ? Array(state.copies.shuffled(using: &state.random).prefix(3)) : []
            if state.copies.count == UnreliableProxy.copyCountMax {
                state.copies[number % UnreliableProxy.copyCountMax] = request.closing
            } else {
                state.copies.append(request.closing)
            }
            return (fate, copies)
        }
    }

    /// Sends a request over a connection of its own.
    ///
    /// - Returns: All of the answer; empty where there is none.
    private func forward(_ request: [UInt8]) -> [UInt8] {
        guard let upstream = try? connected(to: server) else { return [] }
        defer { close(upstream) }
        sendAll(request, to: upstream)
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(upstream, &buffer, buffer.count, 0)
            guard count > 0 else { return reply }
            reply += buffer[..<count]
        }
    }

    private static func listening(on port: UInt16) throws -> Int32 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let isBound = withLoopbackAddress(port) { bind(listener, $0, $1) == 0 }
        guard isBound, listen(listener, 64) == 0 else { throw Stuck("no port for the proxy") }
        return listener
    }
}

/// One request, as it came.
private struct HTTPMessage {
    private let head: String
    private let body: [UInt8]

    /// - Returns: Nil when the client ends within it.
    static func read(from socket: Int32) -> HTTPMessage? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let end = Array("\r\n\r\n".utf8)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            guard let headEnd = bytes.firstRange(of: end) else { continue }
            let head = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self)
            let length = head.firstMatch(of: /(?i)\r\ncontent-length: *(\d+)/).flatMap { Int($0.1) } ?? 0
            if bytes.count - headEnd.upperBound >= length {
                return HTTPMessage(head: head, body: Array(bytes[headEnd.upperBound...].prefix(length)))
            }
        }
    }

    var isBatch: Bool { head.hasPrefix("POST ") && head.prefix(200).contains("/logs/ingest") }

    var bodyHash: Int { body.hashValue }

    /// The request on a connection that ends with the answer.
    var closing: [UInt8] { Array("\(head)\r\nConnection: close\r\n\r\n".utf8) + body }
}
