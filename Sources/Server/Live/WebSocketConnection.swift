import LogModel
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOWebSocket

/// A connection that has become a WebSocket.
///
/// The HTTP handlers stay where they are, in the middle of an answer as far as they know; below them, next to the socket,
/// frames are read and written instead, and what the handlers still write is swallowed. So a stream is a request as every
/// other until it is let in.
final class WebSocketConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketHandler>

    /// A client has nothing to say here but answers to pings.
    private static let frameByteCountMax = 16 << 10

    private init(_ channel: any Channel, _ handler: NIOLoopBound<WebSocketHandler>) {
        self.channel = channel
        self.handler = handler
    }

    /// Answers 101, and goes on with frames.
    ///
    /// - Parameter key: `Sec-WebSocket-Key`.
    static func open(_ channel: any Channel, key: String) async throws -> WebSocketConnection {
        try await channel.eventLoop.submit {
            let operations = channel.pipeline.syncOperations
            let above = try operations.context(handlerType: MalformedRequestAnswer.self)
            let answer =
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(accept(key))\r\n\r\n"
            above.writeAndFlush(NIOAny(IOData.byteBuffer(ByteBuffer(string: answer))), promise: nil)
            let handler = WebSocketHandler(channel)
            let handlers: [any ChannelHandler] = [
                WebSocketFrameEncoder(),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: frameByteCountMax)),
                WebSocketProtocolErrorHandler(isServer: true), handler,
            ]
            let encryption = try? operations.handler(type: NIOSSLServerHandler.self)
            try operations.addHandlers(handlers, position: encryption.map { .after($0) } ?? .first)
            return WebSocketConnection(channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
        }.get()
    }

    /// RFC 6455, section 4.2.2.
    static func accept(_ key: String) -> String {
        Base64.encode(OpenSSL.sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// Sends a frame, and waits until the system has taken it.
    func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer) async throws {
        let handler = handler
        try await channel.eventLoop.flatSubmit {
            handler.value.send(WebSocketFrame(fin: true, opcode: opcode, data: data))
        }.get()
    }

    /// Says why, and closes.
    func close(_ reason: WebSocketErrorCode) async {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: reason)
        try? await send(.connectionClose, data)
        try? await channel.close()
    }
}

/// Stands between the frames and the HTTP handlers.
private final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = Any
    typealias OutboundOut = WebSocketFrame

    private let channel: any Channel
    private var context: ChannelHandlerContext?

    init(_ channel: any Channel) { self.channel = channel }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func send(_ frame: WebSocketFrame) -> EventLoopFuture<Void> {
        guard let context else { return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        return context.writeAndFlush(wrapOutboundOut(frame))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .ping:
            let answer = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        case .connectionClose:
            let answer = WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
            context.close(promise: nil)
        default: break
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) { promise?.succeed() }

    func flush(context: ChannelHandlerContext) {}
}
