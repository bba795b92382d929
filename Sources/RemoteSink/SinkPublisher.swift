import CZeroMQ

/// A ZeroMQ PUB socket that connects to the agent. Publishing never waits: what finds no room or no agent is dropped, and
/// the agent finds it in the sink's file. Belongs to one thread at a time.
struct SinkPublisher: ~Copyable {
    private let context: UnsafeMutableRawPointer
    private let socket: UnsafeMutableRawPointer
    private let topic: [UInt8]

    /// Messages that may wait in memory while the agent is away: they only make it notice sooner.
    private static let waitingCountMax: Int32 = 1_000

    init(endpoint: String, topic: String) throws(RemoteSinkError) {
        guard let context = zmq_ctx_new() else { throw SinkPublisher.failure(endpoint) }
        guard let socket = zmq_socket(context, ZMQ_PUB) else {
            zmq_ctx_term(context)
            throw SinkPublisher.failure(endpoint)
        }
        var (waiting, linger) = (SinkPublisher.waitingCountMax, Int32(0))
        zmq_setsockopt(socket, ZMQ_SNDHWM, &waiting, MemoryLayout<Int32>.size)
        // A module that ends does not wait for the agent.
        zmq_setsockopt(socket, ZMQ_LINGER, &linger, MemoryLayout<Int32>.size)
        guard zmq_connect(socket, endpoint) == 0 else {
            let error = SinkPublisher.failure(endpoint)
            zmq_close(socket)
            zmq_ctx_term(context)
            throw error
        }
        self.context = context
        self.socket = socket
        self.topic = Array(topic.utf8)
    }

    deinit {
        zmq_close(socket)
        zmq_ctx_term(context)
    }

    /// Publishes a message of two frames: the topic, and the body.
    func publish(_ body: UnsafeRawBufferPointer) {
        let sent = topic.withUnsafeBytes { zmq_send(socket, $0.baseAddress, $0.count, ZMQ_SNDMORE | ZMQ_DONTWAIT) }
        guard sent >= 0 else { return }
        _ = zmq_send(socket, body.baseAddress, body.count, ZMQ_DONTWAIT)
    }

    private static func failure(_ endpoint: String) -> RemoteSinkError {
        RemoteSinkError("cannot publish to \(endpoint): \(String(cString: zmq_strerror(zmq_errno())))")
    }
}
