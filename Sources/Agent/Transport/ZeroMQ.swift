import CZeroMQ
import Glibc

// libzmq, all of it.

/// A SUB socket that is bound on endpoints and takes messages of one topic. Belongs to one thread at a time.
struct ZeroMQSubscriber: ~Copyable {
    private let context: UnsafeMutableRawPointer
    private let socket: UnsafeMutableRawPointer

    /// What `receive` found.
    enum Received {
        case nothing
        /// A message of two frames went to the closure.
        case message
        /// A message of another number of frames, which was passed over.
        case malformed(frameCount: Int)
    }

    /// - Parameters:
    ///   - topic: Topics that begin so are let through.
    ///   - endpoints: `tcp://ADDRESS:PORT` or `ipc://PATH`. A socket file that a dead process left is taken over.
    ///   - waitingCountMax: Messages that may wait in memory for each publisher; past it the publisher drops.
    /// - Throws: `.unusableEndpoint` that names the endpoint, or `.io`.
    init(topic: String, endpoints: [String], waitingCountMax: Int) throws(AgentError) {
        (context, socket) = try ZeroMQSubscriber.open(topic, endpoints, waitingCountMax)
    }

    private static func open(
        _ topic: String, _ endpoints: [String], _ waitingCountMax: Int
    ) throws(AgentError) -> (UnsafeMutableRawPointer, UnsafeMutableRawPointer) {
        let (context, socket) = try ZeroMQ.socket(ZMQ_SUB)
        do throws(AgentError) {
            try set(socket, topic, waitingCountMax)
            for endpoint in endpoints where zmq_bind(socket, endpoint) != 0 {
                throw ZeroMQ.failure("listen on \(endpoint)", .unusableEndpoint)
            }
        } catch {
            ZeroMQ.close(context, socket)
            throw error
        }
        return (context, socket)
    }

    deinit { ZeroMQ.close(context, socket) }

    private static func set(
        _ socket: UnsafeMutableRawPointer, _ topic: String, _ waitingCountMax: Int
    ) throws(AgentError) {
        // Subscriptions that wait to be sent are no reason to stay.
        try ZeroMQ.set(socket, [(ZMQ_LINGER, 0), (ZMQ_RCVHWM, Int32(clamping: waitingCountMax)), (ZMQ_IPV6, 1)])
        var topic = topic
        let status = topic.withUTF8 { zmq_setsockopt(socket, ZMQ_SUBSCRIBE, $0.baseAddress, $0.count) }
        guard status == 0 else { throw ZeroMQ.failure("subscribe", .io) }
    }

    /// Waits until there is something to receive, or the time is over.
    func wait(milliseconds: Int) {
        var item = zmq_pollitem_t(socket: socket, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
        _ = zmq_poll(&item, 1, milliseconds)
    }

    /// Takes one message, without waiting.
    ///
    /// - Parameter body: Called with the topic and the body of a message of two frames, which are valid within it only.
    func receive(_ body: (_ topic: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer) -> Void) -> Received {
        var first = Frame()
        guard first.receive(from: socket) else { return .nothing }
        guard first.hasMore else { return .malformed(frameCount: 1) }
        var second = Frame()
        // All frames of a message arrive together.
        guard second.receive(from: socket) else { return .malformed(frameCount: 1) }
        var frameCount = 2
        var hasMore = second.hasMore
        while hasMore {
            var rest = Frame()
            guard rest.receive(from: socket) else { break }
            frameCount += 1
            hasMore = rest.hasMore
        }
        guard frameCount == 2 else { return .malformed(frameCount: frameCount) }
        first.withBytes { topic in second.withBytes { body(topic, $0) } }
        return .message
    }
}

/// A publisher that connects to an endpoint, waits until somebody listens, and loses nothing while somebody does: an XPUB
/// socket, which learns of subscriptions. Belongs to one thread at a time.
struct ZeroMQPublisher: ~Copyable {
    private let context: UnsafeMutableRawPointer
    private let socket: UnsafeMutableRawPointer

    /// What is sent may take so long to go out when the publisher ends.
    private static let lingerMilliseconds: Int32 = 5_000

    /// - Throws: `.unusableEndpoint` or `.io`.
    init(_ endpoint: String) throws(AgentError) {
        (context, socket) = try ZeroMQPublisher.open(endpoint)
    }

    private static func open(
        _ endpoint: String
    ) throws(AgentError) -> (UnsafeMutableRawPointer, UnsafeMutableRawPointer) {
        let (context, socket) = try ZeroMQ.socket(ZMQ_XPUB)
        do throws(AgentError) {
            try ZeroMQ.set(socket, [(ZMQ_LINGER, lingerMilliseconds), (ZMQ_XPUB_NODROP, 1)])
            guard zmq_connect(socket, endpoint) == 0 else {
                throw ZeroMQ.failure("connect to \(endpoint)", .unusableEndpoint)
            }
        } catch {
            ZeroMQ.close(context, socket)
            throw error
        }
        return (context, socket)
    }

    deinit { ZeroMQ.close(context, socket) }

    /// Returns when there is a subscription.
    func awaitListener() throws(AgentError) {
        var message = Frame()
        guard message.receive(from: socket, flags: 0) else { throw ZeroMQ.failure("wait for the agent", .io) }
    }

    /// Sends a message of two frames; waits while the agent is slower.
    func send(topic: [UInt8], body: UnsafeRawBufferPointer) throws(AgentError) {
        let first = topic.withUnsafeBytes { zmq_send(socket, $0.baseAddress, $0.count, ZMQ_SNDMORE) }
        guard first >= 0, zmq_send(socket, body.baseAddress, body.count, 0) >= 0 else {
            throw ZeroMQ.failure("publish", .io)
        }
    }
}

/// What both kinds of sockets need.
private enum ZeroMQ {
    static func socket(
        _ kind: Int32
    ) throws(AgentError) -> (context: UnsafeMutableRawPointer, socket: UnsafeMutableRawPointer) {
        guard let context = zmq_ctx_new() else { throw failure("start ZeroMQ", .io) }
        guard let socket = zmq_socket(context, kind) else {
            let error = failure("make a ZeroMQ socket", .io)
            zmq_ctx_term(context)
            throw error
        }
        return (context, socket)
    }

    static func set(_ socket: UnsafeMutableRawPointer, _ options: [(Int32, Int32)]) throws(AgentError) {
        for (option, value) in options {
            var value = value
            guard zmq_setsockopt(socket, option, &value, MemoryLayout<Int32>.size) == 0 else {
                throw failure("set up a ZeroMQ socket", .io)
            }
        }
    }

    static func close(_ context: UnsafeMutableRawPointer, _ socket: UnsafeMutableRawPointer) {
        zmq_close(socket)
        while zmq_ctx_term(context) != 0, zmq_errno() == EINTR {}
    }

    static func failure(_ doing: String, _ code: AgentError.Code) -> AgentError {
        AgentError(code, "cannot \(doing): \(String(cString: zmq_strerror(zmq_errno())))")
    }
}

/// One frame of a message.
private struct Frame: ~Copyable {
    private let message = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)

    init() { zmq_msg_init(message) }

    deinit {
        zmq_msg_close(message)
        message.deallocate()
    }

    /// False when there is nothing to receive.
    mutating func receive(from socket: UnsafeMutableRawPointer, flags: Int32 = ZMQ_DONTWAIT) -> Bool {
        while true {
            if zmq_msg_recv(message, socket, flags) >= 0 { return true }
            guard zmq_errno() == EINTR else { return false }
        }
    }

    var hasMore: Bool { zmq_msg_more(message) != 0 }

    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        body(UnsafeRawBufferPointer(start: zmq_msg_data(message), count: zmq_msg_size(message)))
    }
}
