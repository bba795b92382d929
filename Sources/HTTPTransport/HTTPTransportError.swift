/// Why no answer came. An answer with an error status is an answer, not an error.
public struct HTTPTransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable name for the kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let name: String
        init(_ name: String) { self.name = name }
        public var description: String { name }

        /// The URL, the method or a header field cannot be sent. Trying again does not help.
        public static let invalidCall = Code("invalid_call")
        /// The host's name has no address.
        public static let resolve = Code("resolve")
        /// Nobody accepted the connection.
        public static let connect = Code("connect")
        /// One of the call's or the transport's time limits passed.
        public static let timeout = Code("timeout")
        /// The TLS handshake or a certificate was refused, by either side.
        public static let tls = Code("tls")
        /// The connection ended before the answer did, or what came is not HTTP.
        public static let interrupted = Code("interrupted")
        /// The answer has more bytes than `HTTPCall.replyByteCountMax`.
        public static let tooLarge = Code("too_large")
        /// The caller's task was cancelled, or the stream dropped.
        public static let cancelled = Code("cancelled")
        /// Anything else that libcurl reports.
        public static let other = Code("other")
    }

    public let code: Code
    /// libcurl's own words, where it has some.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code): \(message)" }
}
