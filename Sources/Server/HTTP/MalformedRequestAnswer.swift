import NIOCore
import NIOHTTP1

/// Gives the answer to bytes that are no HTTP request a reason, as every other refusal has one: the HTTP library answers
/// with an empty 400.
///
/// Stands next to the socket, where the answer is bytes already.
final class MalformedRequestAnswer: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private var reason: HTTPParserError?

    /// The request cannot be read; the next answer says so.
    func note(_ error: HTTPParserError) { reason = reason ?? error }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let reason, case .byteBuffer(let answer) = unwrapOutboundIn(data), Self.isBare(answer) else {
            context.write(data, promise: promise)
            return
        }
        self.reason = nil
        context.write(wrapOutboundOut(.byteBuffer(Self.answer(reason))), promise: promise)
    }

    private static func isBare(_ answer: ByteBuffer) -> Bool {
        let head = String(decoding: answer.readableBytesView.prefix(512), as: UTF8.self).lowercased()
        return head.hasPrefix("http/1.1 400 ") && head.contains("\r\ncontent-length: 0\r\n")
    }

    private static func answer(_ reason: HTTPParserError) -> ByteBuffer {
        let problem = Problem(
            400, "malformed_request",
            "This is no HTTP/1.1 request that can be read: \(String(reflecting: reason)). In a path and its query "
                + "string everything but ASCII letters, digits and - . _ ~ is percent-encoded.")
        let requestID = String(UInt64.random(in: .min ... .max), radix: 16)
        let body = problem.json(requestID: requestID)
        var answer = ByteBuffer(
            string: "HTTP/1.1 400 Bad Request\r\nContent-Type: \(Problem.mediaType)\r\nConnection: close\r\n"
                + "Content-Length: \(body.count)\r\n\r\n")
        answer.writeBytes(body)
        return answer
    }
}
