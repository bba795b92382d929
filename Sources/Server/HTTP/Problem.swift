/// An answer that says why a request was refused: `application/problem+json` (RFC 9457).
struct Problem: Error, Sendable {
    static let mediaType = "application/problem+json"

    /// One of several things that are wrong.
    struct Item: Sendable, Equatable {
        var code: String
        var message: String
        /// The parameter concerned.
        var parameter: String?
        /// Where in the text, in characters (in bytes for a body).
        var offset: Int?
        var length: Int?
        var expected: [String] = []
        var suggestion: String?
    }

    var status: Int
    /// A stable name for the kind of problem.
    var code: String
    /// One sentence for a person: what happened, and what helps.
    var detail: String
    var errors: [Item] = []
    /// When the same request may succeed. Nil: not by being sent again.
    var retryAfterSeconds: Int?
    /// The methods that the path has, for 405.
    var allow: String?
    /// Where a refused batch is kept.
    var quarantineID: UInt64?

    init(
        _ status: Int, _ code: String, _ detail: String, errors: [Item] = [], retryAfterSeconds: Int? = nil,
        allow: String? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.retryAfterSeconds = retryAfterSeconds
        self.allow = allow
    }

    /// A parameter that is missing, unknown or broken.
    static func parameter(
        _ name: String, _ code: String, _ message: String, expected: [String] = [], suggestion: String? = nil
    ) -> Problem {
        Problem(
            400, code, message,
            errors: [
                Item(code: code, message: message, parameter: name, expected: expected, suggestion: suggestion)
            ])
    }

    static let notFound = Problem(404, "not_found", "There is nothing at this path; docs/API.md lists the routes.")

    func json(requestID: String) -> [UInt8] {
        var json = JSONOutput()
        json.object { json in
            json.member("type", "urn:logdb:problem:\(code)")
            json.member("title", Problem.title(status))
            json.member("status", status)
            json.member("detail", Problem.visible(detail))
            json.member("code", code)
            json.member("retryable", retryAfterSeconds != nil)
            json.key("errors")
            json.array(errors) { json, item in
                json.object { json in
                    json.member("code", item.code)
                    if let parameter = item.parameter { json.member("parameter", Problem.visible(parameter)) }
                    if let offset = item.offset { json.member("offset", offset) }
                    if let length = item.length { json.member("length", length) }
                    json.member("message", Problem.visible(item.message))
                    json.key("expected")
                    json.array(item.expected) { json, text in json.value(text) }
                    if let suggestion = item.suggestion { json.member("suggestion", suggestion) }
                }
            }
            if let quarantineID { json.member("quarantine_id", quarantineID) }
            json.member("request_id", requestID)
        }
        return json.bytes
    }

    /// The text with what would act on a terminal, or hide there, written out: problems quote what clients sent, and
    /// are shown as they are.
    static func visible(_ text: String) -> String {
        let needsNothing = text.unicodeScalars.allSatisfy { !isUnseen($0) }
        if needsNothing { return text }
        var visible = ""
        for scalar in text.unicodeScalars {
            if isUnseen(scalar) {
                visible += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                visible.unicodeScalars.append(scalar)
            }
        }
        return visible
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    static func title(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        case 507: "Insufficient Storage"
        default: "Error"
        }
    }
}
