import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import Query

/// `GET /api/v1/logs/stream`: entries as they are committed, over a WebSocket or as Server-Sent Events.
enum StreamRoute {
    @Sendable static func stream(_ exchange: Exchange) async throws -> Response {
        let headers = exchange.request.headers
        try checkOrigin(exchange.request)
        let session = try session(exchange)
        if headers[.upgrade]?.lowercased() == "websocket" {
            return try await WebSocketStream.answer(exchange, session)
        }
        guard headers[.accept]?.contains(EventStream.mediaType) == true else {
            throw Problem(
                426, "upgrade_required",
                "This is a stream: come as a WebSocket, or with Accept: \(EventStream.mediaType).")
        }
        // The rest of the answer is on its way when a stream of too many would be noticed.
        guard exchange.services.streams.count < exchange.limits.openStreamCountMax else {
            try exchange.services.streams.enter(0)
            throw LogError.stopped
        }
        return EventStream.answer(exchange, session)
    }

    private static func session(_ exchange: Exchange) throws -> LiveSession {
        // Before the devices themselves are looked at: a change in between ends the stream, and is not missed.
        let (account, version) = (exchange.principal?.accountID ?? 0, exchange.scopeVersion)
        var parameters = try exchange.parameters()
        let cursor = try parameters.take("cursor")
        let query = try QueryParameters(&parameters)
        try parameters.checkAllTaken()
        let ready = try query.query(default: .everything, limits: exchange.limits, hasDeadline: false)
        guard ready.syntax.pipes.isEmpty else {
            throw Problem(
                400, "pipes_in_stream", "A live stream has whole entries; leave out the pipes.",
                errors: [.init(code: "pipes_in_stream", message: "A live stream has no pipes.", parameter: "query")])
        }
        // What a browser saw last is newer than the address it began with.
        let last = exchange.request.headers[.lastEventID] ?? cursor
        let start: LiveSession.Start
        if let last, !last.isEmpty {
            start = .cursor(try LiveCursor.read(last))
        } else {
            start = ready.range.since == TimeRange.all.since ? .now : .range
        }
        let question = LiveHub.Question(
            key: "\(account) \(version) \(exchange.request.head.path ?? "")", filter: ready.filter, range: ready.range)
        return LiveSession(exchange: exchange, question: question, start: start, scopeVersion: version)
    }

    /// A browser says where the page that asks is from. Another site's may not read along with the user's cookie, nor on a
    /// server that asks nobody who they are.
    private static func checkOrigin(_ request: Request) throws(Problem) {
        guard let origin = request.headers[.origin] else { return }
        let host = origin.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init)
        guard let host, host.lowercased() == (request.head.authority ?? "").lowercased() else {
            throw Problem(403, "foreign_origin", "A page of “\(origin)” may not read this server's streams.")
        }
    }
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    static let webSocketKey = HTTPField.Name("Sec-WebSocket-Key")!
    static let webSocketVersion = HTTPField.Name("Sec-WebSocket-Version")!
}
