/// One header field, in a request or an answer.
public struct HTTPField: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One request. A call may reach the server twice when a kept connection dies under it, so it must be repeatable or be
/// recognised by the server as the same (as a log batch is, by its sequence).
public struct HTTPCall: Sendable {
    /// `GET`, `POST`, `PUT`, `DELETE`, …, as it goes on the wire.
    public var method: String
    /// An absolute `http` or `https` URL, percent-encoded. Other schemes are refused; redirects are not followed.
    public var url: String
    /// Sent in this order. `Content-Length`, `Host` and `User-Agent` are added.
    public var headers: [HTTPField]
    public var body: [UInt8]
    /// The longest the whole exchange may take; nil for no bound.
    public var timeout: Duration?
    /// The longest that nothing at all may move in either direction, in whole seconds (rounded up); nil for no bound.
    /// A stream that its reader holds back does not count as silent.
    public var silenceTimeout: Duration?
    /// The most bytes of answer that `send` keeps, after decompression; more is `.tooLarge`. A stream has no such
    /// bound.
    public var replyByteCountMax: Int

    public init(
        method: String = "GET", url: String, headers: [HTTPField] = [], body: [UInt8] = [], timeout: Duration? = nil,
        silenceTimeout: Duration? = .seconds(60), replyByteCountMax: Int = 16 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.silenceTimeout = silenceTimeout
        self.replyByteCountMax = replyByteCountMax
    }
}

/// The status and the header fields of an answer.
public struct HTTPHead: Sendable, Hashable {
    public var status: Int
    /// In the order in which they came.
    public var headers: [HTTPField]

    public init(status: Int, headers: [HTTPField] = []) {
        self.status = status
        self.headers = headers
    }

    /// The first field of that name, upper and lower case being the same.
    public subscript(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A whole answer.
public struct HTTPReply: Sendable {
    public var head: HTTPHead
    public var body: [UInt8]

    public init(head: HTTPHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    public var status: Int { head.status }
}
