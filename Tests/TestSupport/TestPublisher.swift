import CZeroMQ
import Foundation

/// A module of any language, as far as the agent can tell: a PUB socket that connects.
public final class TestPublisher: @unchecked Sendable {
    // Unchecked: a test uses it from one task at a time.
    private let context: UnsafeMutableRawPointer
    private let socket: UnsafeMutableRawPointer

    public init(_ endpoint: String) throws {
        guard let context = zmq_ctx_new(), let socket = zmq_socket(context, ZMQ_PUB) else {
            throw POSIXError(.ENOMEM)
        }
        self.context = context
        self.socket = socket
        // No limit to what waits, and at the end two seconds for it to go out: an agent that was killed takes nothing.
        for (option, value) in [(ZMQ_SNDHWM, 0), (ZMQ_LINGER, 2_000)] as [(Int32, Int32)] {
            var value = value
            zmq_setsockopt(socket, option, &value, MemoryLayout<Int32>.size)
        }
        guard zmq_connect(socket, endpoint) == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit {
        zmq_close(socket)
        zmq_ctx_term(context)
    }

    public func send(_ frames: [[UInt8]]) {
        for (index, frame) in frames.enumerated() {
            let flags = index < frames.count - 1 ? ZMQ_SNDMORE : 0
            _ = frame.withUnsafeBytes { zmq_send(socket, $0.baseAddress, $0.count, flags) }
        }
    }

    public func send(_ body: String, topic: String = "roboticks/logs") { send([Array(topic.utf8), Array(body.utf8)]) }
}
