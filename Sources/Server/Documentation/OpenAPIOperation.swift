import HTTPTypes

/// What the OpenAPI document says of one method of a route.
struct OpenAPIOperation: Sendable {
    struct Parameter: Sendable {
        enum Kind: Sendable {
            case text
            case integer(ClosedRange<Int>)
            case choice([String])
            case flag
            /// May be given several times.
            case list
            case choices([String])
            case object
        }

        var name: String
        var kind: Kind
        var isRequired = false
        var about: String
    }

    /// A body that is not the JSON object of `members`.
    struct Body: Sendable {
        var mediaTypes: [String]
        var about: String
    }

    var summary: String
    /// In the query string.
    var parameters: [Parameter] = []
    /// Of the body's JSON object.
    var members: [Parameter] = []
    var body: Body?
    var status = 200
    /// Whether it makes something, once for each `Idempotency-Key`.
    var isCreation = false
    /// Of the answer; empty for one without a body.
    var mediaTypes = ["application/json"]

    /// Fields of the request's head.
    var headers: [Parameter] {
        isCreation
            ? [.init("Idempotency-Key", "Drawn anew for each thing; a request that is sent again makes none.")] : []
    }

    init(
        _ summary: String, parameters: [Parameter] = [], members: [Parameter] = [], body: Body? = nil,
        status: Int = 200, mediaTypes: [String] = ["application/json"], isCreation: Bool = false
    ) {
        self.summary = summary
        self.parameters = parameters
        self.members = members
        self.body = body
        self.status = status
        self.mediaTypes = mediaTypes
        self.isCreation = isCreation
    }
}

extension OpenAPIOperation.Parameter {
    init(_ name: String, _ kind: Kind, required: Bool = false, _ about: String) {
        self.init(name: name, kind: kind, isRequired: required, about: about)
    }

    /// Text.
    init(_ name: String, required: Bool = false, _ about: String) {
        self.init(name: name, kind: .text, isRequired: required, about: about)
    }

    /// Those that every route with a query has.
    static let query: [Self] = [
        .init("query", "A query, as docs/QUERY.md describes it."), .init("device", .list, "Entries of these devices."),
        .init("session_id", .list, "Entries of these sessions."), .init("module", .list, "Entries of these modules."),
        .init(
            "level", .choices(["DEBUG", "INFO", "WARN", "ERROR", "FATAL"]), "Entries of these levels."),
        .init("q", "Words of the message."), .init("since", "From when on: 1h, RFC 3339, or since the epoch."),
        .init("until", "Up to when."),
    ]

    static let limit = Self("limit", .integer(1...10_000), "Rows of the answer.")
    static let cursor = Self("cursor", "Where the answer before ended.")
    static let order = Self("order", .choice(["desc", "asc"]), "By time; desc is newest first.")
}
