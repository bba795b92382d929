import Synchronization

/// A small HTTP/1.1 client over libcurl.
///
/// Each call runs on one of a few workers. A worker is a thread of its own with its own connections, so that libcurl
/// never blocks Swift's cooperative pool, and calls that follow each other reuse a connection. Calls past the number of
/// workers wait in order. All methods may be called from any task; letting go of the transport closes idle connections
/// and leaves running calls to finish.
public final class HTTPTransport: Sendable {
    /// What holds for all calls.
    public struct Settings: Sendable {
        /// How many calls run at the same time, a stream counting as one until it is read to its end or dropped.
        public var workerCountMax = 4
        public var connectTimeout: Duration = .seconds(10)
        public var userAgent = "logdb"
        /// Sent with every call, such as a credential. A call's own field of the same name takes its place.
        public var headers: [HTTPField] = []
        /// Whether answers may come compressed. They are decompressed before they are handed over.
        public var acceptsCompression = true
        /// How many bytes of a stream may wait for their reader before the connection is held back.
        public var streamByteCountMax = 256 << 10
        public var tls = TLS()

        public init() {}
    }

    /// For `https`: whom to trust, and who the client is. Paths of PEM files; nil for the system's authorities and for
    /// no client certificate.
    public struct TLS: Sendable {
        public var authoritiesFile: String?
        public var certificateFile: String?
        public var keyFile: String?
        /// Whether TLS 1.3 is the oldest version that is spoken, rather than libcurl's own choice.
        public var requiresVersion13 = false

        public init(authoritiesFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
            self.authoritiesFile = authoritiesFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    private let pool: WorkerPool

    public init(settings: Settings = Settings()) {
        pool = WorkerPool(settings: settings)
    }

    /// Sends `call` and waits for the whole answer. Cancelling the task ends the exchange at once.
    ///
    /// - Throws: `.tooLarge` where the answer passes the call's bound, `.cancelled`, or why no answer came.
    public func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPReply {
        let exchange = Exchange(call, retention: .whole(byteCountMax: call.replyByteCountMax))
        pool.start(exchange)
        return try await exchange.wholeReply()
    }

    /// Sends `call` and waits for the answer's head; the body is then read a piece at a time, at the reader's pace.
    ///
    /// - Throws: `.cancelled`, or why no answer came. Later failures are thrown by the body.
    public func stream(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPStream {
        let exchange = Exchange(call, retention: .pieces(byteCountMax: pool.settings.streamByteCountMax))
        // From here on a failure, too, must end the exchange, which letting go of the body does.
        let body = HTTPStream.Body(exchange)
        pool.start(exchange)
        return HTTPStream(head: try await exchange.awaitHead(), body: body)
    }
}

/// An answer whose body is still arriving.
public struct HTTPStream: Sendable {
    public let head: HTTPHead
    public let body: Body

    public var status: Int { head.status }

    /// The body's bytes in pieces, cut anywhere. Reading drives the transfer: past `Settings.streamByteCountMax` unread
    /// bytes the server is held back. Letting go of the body and its iterators ends the exchange. One reader, once.
    public struct Body: AsyncSequence, Sendable {
        public typealias Element = [UInt8]
        public typealias Failure = HTTPTransportError

        private let owner: Owner

        init(_ exchange: Exchange) { owner = Owner(exchange) }

        public func makeAsyncIterator() -> Iterator { Iterator(owner: owner) }

        public struct Iterator: AsyncIteratorProtocol {
            public typealias Element = [UInt8]
            public typealias Failure = HTTPTransportError

            fileprivate let owner: Owner

            public mutating func next() async throws(HTTPTransportError) -> [UInt8]? {
                try await owner.exchange.nextPiece()
            }

            public mutating func next(
                isolation actor: isolated (any Actor)?
            ) async throws(HTTPTransportError) -> [UInt8]? {
                try await owner.exchange.nextPiece()
            }
        }

        /// Reads what is left of the body, which for the answer to a failed request says why it failed.
        ///
        /// - Returns: At most `byteCountMax` bytes; the rest is not read.
        public func collect(byteCountMax: Int) async throws(HTTPTransportError) -> [UInt8] {
            var bytes: [UInt8] = []
            while bytes.count < byteCountMax, let piece = try await owner.exchange.nextPiece() { bytes += piece }
            return Array(bytes.prefix(byteCountMax))
        }

        /// Ends the exchange when the last body or iterator that refers to it is gone.
        fileprivate final class Owner: Sendable {
            let exchange: Exchange
            init(_ exchange: Exchange) { self.exchange = exchange }
            deinit { exchange.cancel() }
        }
    }
}
