import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// The body of a request while it arrives.
///
/// Unchecked: the handler reads it, and when it is done the answer's writer reads what is left; never both at a time.
final class IncomingBody: @unchecked Sendable {
    /// As the request's head says it; nil when it does not, which is so for chunked bodies.
    let declaredByteCount: Int?
    /// Whether the head announces a body at all.
    let isAnnounced: Bool
    private(set) var receivedByteCount = 0
    /// Nothing is left to be read.
    private(set) var isFinished: Bool

    private let channel: any Channel
    /// Whether the client sends its body only when it is told to.
    private var waitsForInvitation: Bool
    private let body: RequestBody
    private var iterator: RequestBody.AsyncIterator?

    init(_ request: Request, _ channel: any Channel) {
        self.channel = channel
        waitsForInvitation = request.headers[.expect]?.lowercased() == "100-continue"
        body = request.body
        declaredByteCount = request.headers[.contentLength].flatMap { Int($0) }
        isAnnounced = declaredByteCount.map { $0 > 0 } ?? request.headers.contains(.transferEncoding)
        isFinished = !isAnnounced
    }

    /// The next bytes; nil after the last.
    ///
    /// - Throws: `Problem` 400 `incomplete_body` when the connection ended before the body did.
    func next() async throws(Problem) -> ByteBuffer? {
        if isFinished { return nil }
        await invite()
        var iterator = self.iterator ?? body.makeAsyncIterator()
        let piece: ByteBuffer?
        do {
            piece = try await iterator.next()
        } catch {
            isFinished = true
            throw IncomingBody.incomplete
        }
        self.iterator = iterator
        if let piece {
            receivedByteCount += piece.readableBytes
            return piece
        }
        isFinished = true
        // A task that is cancelled sees an end where there is none.
        guard !Task.isCancelled, declaredByteCount.map({ $0 == receivedByteCount }) ?? true else {
            throw IncomingBody.incomplete
        }
        return nil
    }

    /// Says that the body is wanted, when the first of it is asked for: whatever refuses the request before has the say.
    private func invite() async {
        guard waitsForInvitation else { return }
        waitsForInvitation = false
        // Nothing else is being written: the answer follows the body. Where the connection is gone, reading says so.
        try? await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue))).get()
    }

    /// The answer is there already, so that nobody is to be told to send.
    func withholdInvitation() { waitsForInvitation = false }

    private static let incomplete = Problem(
        400, "incomplete_body", "The connection ended before the body did; nothing was stored.", retryAfterSeconds: 1)
}
