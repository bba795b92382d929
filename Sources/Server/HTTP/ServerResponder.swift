import HTTPTypes
import Hummingbird
import HummingbirdCore
import LogDB
import Logging
import NIOCore

/// What Hummingbird knows of a request's connection.
struct ServerContext: InitializableFromSource {
    let channel: any Channel
    let logger: Logger

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }
}

/// Answers every request: finds its route, turns errors into problems, and leaves the connection in order.
struct ServerResponder: HTTPResponder {
    /// Which port a request came in by.
    enum Listener {
        case main
        /// Where a device's certificate is the only credential.
        case device
    }

    let services: Services
    var listener = Listener.main

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        let start = ContinuousClock.now
        let body = IncomingBody(request, context.channel)
        let (path, _) = Exchange.split(request.head.path ?? "")
        let decision =
            listener == .main
            ? AccessCheck.beforeRouting(path, request.headers, services.authenticator)
            : AccessCheck.ofDevice(services.connections.peer(context.channel), path, services)
        let match = decision.refusal == nil ? services.routes.match(path) : nil
        let exchange = Exchange(
            request: request, body: body, channel: context.channel, services: services,
            pathValues: match?.values ?? [], principal: decision.principal)
        var response: Response
        do {
            if !services.rates.isOff, path.hasPrefix("/api/") {
                try services.rates.check(decision.principal, request.headers, address: exchange.address)
            }
            if let refusal = decision.refusal { throw refusal }
            response = try await ServerResponder.answer(match?.route, exchange)
        } catch {
            response = problemAnswer(error, exchange, context)
        }
        if request.method == .head { response = ServerResponder.withoutBody(response) }
        // A certificate that was taken back opens no connection for long.
        if decision.refusal?.code == "certificate_revoked" { response.headers[.connection] = "close" }
        if !body.isFinished { response = draining(response, exchange) }
        addSecurityFields(&response)
        let duration = ContinuousClock.now - start
        services.counters.didAnswer(route: match?.route.index, status: response.status.code, in: duration)
        services.requestLog.note(
            request.method, request.head.path ?? "", match?.route, status: response.status.code, duration: duration,
            principal: decision.principal, requestID: ServerResponder.requestID(context))
        return response
    }

    private static func answer(_ route: Route?, _ exchange: Exchange) async throws -> Response {
        guard let route else {
            if let page = WebRoute.missingPage(exchange) { return page }
            throw Problem.notFound
        }
        let method = exchange.request.method
        try AccessCheck.check(
            exchange.principal, route, method, exchange.request.headers, exchange.services.authenticator.signIns)
        guard let handler = route.handlers[method] ?? (method == .head ? route.handlers[.get] : nil) else {
            throw Problem(
                405, "method_not_allowed", "\(route.pattern) has no \(method.rawValue), only \(route.allow).",
                allow: route.allow)
        }
        // Whoever sends a query as the body of a GET would else get an answer to another one.
        if exchange.body.isAnnounced, method == .get || method == .head {
            throw Problem(
                400, "unexpected_body",
                "\(method.rawValue) takes its parameters in the path's query string, not in a body"
                    + (route.handlers[.post] == nil ? "." : "; send this one as POST."))
        }
        guard route.isQuery else { return try await handler(exchange) }
        let gate = exchange.services.queryGate
        try await gate.enter(within: exchange.limits.inFlightWait)
        defer { gate.leave() }
        return try await handler(exchange)
    }

    private func problemAnswer(_ error: any Error, _ exchange: Exchange, _ context: ServerContext) -> Response {
        let requestID = ServerResponder.requestID(context)
        let problem: Problem
        if let known = Problem(error) {
            problem = known
        } else if error is CancellationError {
            problem = Problem(LogError.stopped)
        } else {
            problem = Problem(500, "internal", "The server failed; its log says more under this request's id.")
        }
        if problem.status == 500 { services.logger.error("request \(requestID) failed: \(error)") }
        var headers: HTTPFields = [:]
        if let seconds = problem.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if let allow = problem.allow { headers[.allow] = allow }
        if problem.status == 426 { headers[.upgrade] = "websocket" }
        if problem.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        return exchange.bytesAnswer(
            problem.json(requestID: requestID),
            status: HTTPResponse.Status(code: problem.status, reasonPhrase: Problem.title(problem.status)),
            mediaType: Problem.mediaType, headers: headers)
    }

    private static func requestID(_ context: ServerContext) -> String {
        if case .stringConvertible(let id)? = context.logger[metadataKey: "hb.request.id"] { return "\(id)" }
        return ""
    }

    /// Nothing that an answer holds is to be run, guessed at or framed by a browser; pages have a policy of their own.
    private func addSecurityFields(_ response: inout Response) {
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        if services.isStrict { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    }

    private static func withoutBody(_ response: Response) -> Response {
        var head = response.createHeadResponse()
        // A body of unknown length would leave a mark of its end, which nobody expects after a HEAD.
        if response.body.contentLength == nil { head.headers[.connection] = "close" }
        return head
    }

    /// The answer comes before the body was read: it is sent at once, then as much of the body is read as lets the client
    /// see it, then the connection ends.
    private func draining(_ response: Response, _ exchange: Exchange) -> Response {
        var response = response
        exchange.body.withholdInvitation()
        let answer = response.body
        let contentLength = answer.contentLength
        response.headers[.connection] = "close"
        let limits = services.limits
        let channel = exchange.channel
        response.body = ResponseBody(contentLength: contentLength) { writer in
            try await answer.write(writer)
            let start = exchange.body.receivedByteCount
            let timer = channel.eventLoop.scheduleTask(in: TimeAmount(limits.drainTime)) {
                channel.close(promise: nil)
            }
            while exchange.body.receivedByteCount - start < limits.drainByteCountMax {
                guard (try? await exchange.body.next()) != nil else { break }
            }
            timer.cancel()
            channel.close(promise: nil)
        }
        return response
    }
}
