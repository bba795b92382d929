import HTTPTypes
import HummingbirdCore
import NIOCore

extension Exchange {
    /// Bytes of a body that says what to do, and is no log entries.
    private static let byteCountMax = 64 << 10

    /// The members of the body's JSON object as parameters; none without a body.
    ///
    /// - Throws: `Problem` 400, 413, 415.
    func bodyParameters() async throws -> Parameters { try Exchange.members(try await bodyBytes()) }

    /// The members of a JSON object as parameters; none of no bytes.
    static func members(_ body: ByteBuffer) throws(Problem) -> Parameters {
        guard body.readableBytes > 0 else { return Parameters([]) }
        return Parameters(
            try body.withUnsafeReadableBytesTyped { (bytes) throws(Problem) in
                try Parameters.members(ofJSON: bytes)
            })
    }

    /// The whole body, which is JSON; no bytes without one.
    ///
    /// - Throws: `Problem` 400, 413, 415.
    func bodyBytes() async throws -> ByteBuffer {
        guard body.isAnnounced else { return ByteBuffer() }
        let contentType = request.headers[.contentType]?.split(separator: ";").first?.trimmingSpaces()
        guard contentType?.lowercased() == "application/json" else {
            throw Problem(415, "unsupported_type", "The body of this route is application/json.")
        }
        guard try ContentCoding(contentEncoding: request.headers[.contentEncoding]) == .identity else {
            throw Problem(415, "unsupported_encoding", "The body of this route is sent uncompressed.")
        }
        var reservation = Reservation(
            services.receivedBytes, most: min(body.declaredByteCount ?? Exchange.byteCountMax, Exchange.byteCountMax),
            wait: limits.inFlightWait)
        defer { reservation.release() }
        let collector = BodyCollector(byteCountMax: Exchange.byteCountMax, limits: limits)
        return try await collector.collect(body, &reservation)
    }
}

extension Parameters {
    /// - Throws: `Problem` 400 `missing_parameter`.
    mutating func require(_ name: String) throws(Problem) -> String {
        guard let value = try take(name) else { throw Problem.missing(name) }
        return value
    }
}

extension Problem {
    static func missing(_ name: String, expected: [String] = []) -> Problem {
        parameter(name, "missing_parameter", "“\(name)” is missing.", expected: expected)
    }

    init(_ error: IdentityError) {
        switch error.code {
        case .unknown: self.init(404, error.code.name, error.message.capitalizedSentence)
        case .nameTaken, .alreadySetUp, .lastAdministrator:
            self.init(409, error.code.name, error.message.capitalizedSentence)
        default: self.init(400, error.code.name, error.message.capitalizedSentence)
        }
    }
}
