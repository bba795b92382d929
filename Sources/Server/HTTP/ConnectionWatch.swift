import LogDB
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS
import Synchronization

/// The open connections, so that a request's work can end when its client leaves.
final class Connections: Sendable {
    private let states = Mutex<[ObjectIdentifier: ConnectionState]>([:])
    private let working = Atomic(0)
    private let stalled = Atomic(0)
    private let refused = Atomic(0)
    private let countMax: Int

    /// - Parameter countMax: More than so many at a time are closed as they come.
    init(countMax: Int = DescriptorLimit.connectionCountMax) { self.countMax = countMax }

    var count: Int { states.withLock { $0.count } }

    /// Connections for which `whileClientStays` is at work.
    var workingCount: Int { working.load(ordering: .relaxed) }

    /// Connections that were closed because their client did not read, since the start.
    var stalledCount: Int { stalled.load(ordering: .relaxed) }

    /// Connections that were closed because there were too many, since the start.
    var refusedCount: Int { refused.load(ordering: .relaxed) }

    fileprivate func countStall() { stalled.add(1, ordering: .relaxed) }

    /// - Returns: False when there are too many.
    fileprivate func add(_ state: ConnectionState, _ channel: any Channel) -> Bool {
        let isAdded = states.withLock { states in
            guard states.count < countMax else { return false }
            states[ObjectIdentifier(channel)] = state
            return true
        }
        if !isAdded { refused.add(1, ordering: .relaxed) }
        return isAdded
    }

    fileprivate func remove(_ channel: any Channel) {
        _ = states.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// What a client showed of itself in the handshake.
    struct Peer: Sendable {
        var device: String
        /// Of the certificate.
        var serial: String
        /// The end of the time that the certificate is good for, in seconds since the epoch: a connection may outlast it.
        var expires: Int64
    }

    /// The device whose certificate the client showed; nil where it showed none that names one.
    func peer(_ channel: any Channel) -> Peer? { states.withLock { $0[ObjectIdentifier(channel)] }?.peer }

    /// Closes the connections whose client showed one of these certificates, whatever is under way on them.
    func close(_ serials: Set<String>) {
        for state in states.withLock({ Array($0.values) }) {
            if let peer = state.peer, serials.contains(peer.serial) { state.closeNow() }
        }
    }

    /// Runs `work`, and cancels the running task when the client closes its side of the connection meanwhile. The task
    /// is the connection's own and serves nobody else.
    func whileClientStays<R>(_ channel: any Channel, _ work: () async throws -> R) async throws -> R {
        guard let state = states.withLock({ $0[ObjectIdentifier(channel)] }) else { throw CancellationError() }
        working.add(1, ordering: .relaxed)
        withUnsafeCurrentTask { state.begin($0) }
        defer {
            state.end()
            working.subtract(1, ordering: .relaxed)
        }
        return try await work()
    }
}

/// One connection: whether its client is there, and which task to cancel when it is not.
private final class ConnectionState: Sendable {
    private struct State: @unchecked Sendable {
        var isLeft = false
        // The task cannot end while it is here: it takes itself out first, under the lock.
        var task: UnsafeCurrentTask?
        var peer: Connections.Peer?
        var channel: (any Channel)?
    }

    private let state = Mutex(State())

    var peer: Connections.Peer? { state.withLock { $0.peer } }

    func setPeer(_ peer: Connections.Peer, _ channel: any Channel) {
        state.withLock { state in
            state.peer = peer
            state.channel = channel
        }
    }

    func closeNow() { state.withLock { $0.channel }?.close(promise: nil) }

    func begin(_ task: UnsafeCurrentTask?) {
        nonisolated(unsafe) let task = task
        state.withLock { state in
            state.task = task
            if state.isLeft { task?.cancel() }
        }
    }

    func end() { state.withLock { $0.task = nil } }

    func leave() {
        state.withLock { state in
            state.isLeft = true
            state.channel = nil
            state.task?.cancel()
        }
    }
}

/// Notices when a client leaves or sends what is no request, and closes the connection of one that does not read its answer.
final class ConnectionWatch: ChannelInboundHandler, RemovableChannelHandler {
    // Nothing is unwrapped: only events matter here.
    typealias InboundIn = Any

    private let connections: Connections
    private let stalledTime: TimeAmount
    private let state = ConnectionState()
    private var stall: Scheduled<Void>?
    private let malformed = MalformedRequestAnswer()

    init(_ connections: Connections, stalledTime: Duration) {
        self.connections = connections
        self.stalledTime = TimeAmount(stalledTime)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard connections.add(state, context.channel) else {
            // The store's files need what descriptors are left.
            return context.close(promise: nil)
        }
        do {
            // Below TLS the answer would go out unencrypted.
            let operations = context.pipeline.syncOperations
            let encryption = try? operations.handler(type: NIOSSLServerHandler.self)
            try operations.addHandler(malformed, position: encryption.map { .after($0) } ?? .first)
        } catch {
            // The channel is closing already.
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave(context) }

    func channelInactive(context: ChannelHandlerContext) {
        leave(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { malformed.note(error) }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { state.leave() }
        if case .handshakeCompleted? = event as? TLSUserEvent { notePeer(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            let (channel, connections) = (context.channel, connections)
            stall = context.eventLoop.scheduleTask(in: stalledTime) {
                connections.countStall()
                channel.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    /// The handshake checked the client's certificate, where it showed one.
    private func notePeer(_ context: ChannelHandlerContext) {
        guard let encryption = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self),
            let bytes = try? encryption.peerCertificate?.toDERBytes(), let certificate = Certificate(der: bytes),
            let device = DeviceURI.device(of: certificate)
        else { return }
        state.setPeer(
            Connections.Peer(device: device, serial: certificate.serial, expires: certificate.expires), context.channel)
    }

    private func leave(_ context: ChannelHandlerContext) {
        stall?.cancel()
        state.leave()
        connections.remove(context.channel)
    }
}
