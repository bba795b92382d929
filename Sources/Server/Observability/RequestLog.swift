import HTTPTypes
import Logging

/// What the server's own log says of requests: each at `info`, slow queries at `warning`.
struct RequestLog: Sendable {
    let logger: Logger
    /// Queries that take longer are told of.
    let slowQueryTime: Duration

    /// - Parameter duration: To the start of the answer's body.
    func note(
        _ method: HTTPRequest.Method, _ target: String, _ route: Route?, status: Int, duration: Duration,
        principal: Principal?, requestID: @autoclosure () -> String
    ) {
        let isSlow = duration > slowQueryTime && route?.isQuery == true
        guard isSlow || logger.logLevel <= .info else { return }
        let milliseconds = (duration / .microseconds(1)).rounded() / 1_000
        var metadata: Logger.Metadata = [
            "method": "\(method.rawValue)", "route": "\(route?.pattern ?? "none")", "status": "\(status)",
            "duration_ms": "\(milliseconds)", "request_id": "\(requestID())",
            "principal": "\(principal?.auditName ?? "nobody")",
        ]
        // The parameters of a query are what makes it slow; elsewhere they are nobody's business.
        if isSlow { metadata["target"] = "\(target.prefix(2_048))" }
        logger.log(level: isSlow ? .warning : .info, isSlow ? "slow query" : "request", metadata: metadata)
    }
}
