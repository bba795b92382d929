import HTTPTypes
import HummingbirdCore

/// `GET /api/v1/openapi.json`: every route, as OpenAPI 3.1 describes them.
enum OpenAPIDocument {
    @Sendable static func document(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        return exchange.json(bytes)
    }

    static let bytes: [UInt8] = write(RouteTable.all.routes)

    private static func write(_ routes: [Route]) -> [UInt8] {
        var json = JSONOutput()
        json.object { json in
            json.member("openapi", "3.1.0")
            json.key("info")
            json.object { json in
                json.member("title", "LogDB")
                json.member("version", ServerVersion.text)
            }
            json.key("security")
            json.array(["token", "apiKey", "cookie"]) { json, name in
                json.object { json in
                    json.key(name)
                    json.array([String]()) { json, text in json.value(text) }
                }
            }
            json.key("paths")
            json.object { json in
                for route in routes {
                    json.key(route.pattern)
                    json.object { json in
                        for (method, operation) in route.operations {
                            json.key(method.rawValue.lowercased())
                            json.operation(operation, route, method)
                        }
                    }
                }
            }
            json.key("components")
            json.object { $0.components() }
        }
        return json.bytes
    }
}

extension Route {
    /// In a fixed order.
    fileprivate var operations: [(HTTPRequest.Method, OpenAPIOperation)] {
        handlers.keys.sorted { $0.rawValue < $1.rawValue }.compactMap { method in
            OpenAPIOperation.all[pattern]?[method].map { (method, $0) }
        }
    }
}

extension JSONOutput {
    fileprivate mutating func operation(_ operation: OpenAPIOperation, _ route: Route, _ method: HTTPRequest.Method) {
        object { json in
            json.member("summary", operation.summary)
            json.member("operationId", "\(method.rawValue) \(route.pattern)")
            if route.access(method) == .open {
                json.key("security")
                json.array([String]()) { json, text in json.value(text) }
            }
            let variables = route.pattern.split(separator: "/").filter { $0.hasPrefix("{") }
            json.key("parameters")
            json.array(
                variables.map { ("path", .init(String($0.dropFirst().dropLast()), required: true, "")) }
                    + operation.parameters.map { ("query", $0) } + operation.headers.map { ("header", $0) }
            ) { json, place in
                let (place, parameter) = place
                json.object { json in
                    json.member("name", parameter.name)
                    json.member("in", place)
                    json.member("required", parameter.isRequired)
                    if !parameter.about.isEmpty { json.member("description", parameter.about) }
                    json.key("schema")
                    json.schema(parameter.kind)
                }
            }
            if !operation.members.isEmpty || operation.body != nil { json.body(operation) }
            json.key("responses")
            json.object { json in
                json.key(String(operation.status))
                json.object { json in
                    json.member("description", "Done.")
                    json.content(operation.mediaTypes)
                }
                json.key("default")
                json.object { json in
                    json.member("description", "Refused, and why.")
                    json.content([Problem.mediaType])
                }
            }
        }
    }

    private mutating func content(_ mediaTypes: [String]) {
        guard !mediaTypes.isEmpty else { return }
        key("content")
        object { json in
            for mediaType in mediaTypes {
                json.key(mediaType)
                json.object { json in
                    json.key("schema")
                    json.object { json in
                        if mediaType == Problem.mediaType {
                            json.member("$ref", "#/components/schemas/Problem")
                        } else if mediaType == "application/json" {
                            json.key("type")
                            json.array(["object", "array"]) { json, text in json.value(text) }
                        } else if mediaType == CapsulesRoute.mediaType {
                            // A schema is of what the YAML says, not of its text.
                            json.member("type", "object")
                        } else {
                            json.member("type", "string")
                        }
                    }
                }
            }
        }
    }

    private mutating func body(_ operation: OpenAPIOperation) {
        key("requestBody")
        object { json in
            if let body = operation.body {
                json.member("description", body.about)
                json.member("required", true)
                json.content(body.mediaTypes)
                return
            }
            json.member("required", operation.members.contains { $0.isRequired })
            json.key("content")
            json.object { json in
                json.key("application/json")
                json.object { json in
                    json.key("schema")
                    json.object { json in
                        json.member("type", "object")
                        json.member("additionalProperties", false)
                        json.key("properties")
                        json.object { json in
                            for member in operation.members {
                                json.key(member.name)
                                json.schema(member.kind, isMember: true)
                            }
                        }
                        json.key("required")
                        json.array(operation.members.filter(\.isRequired)) { json, member in json.value(member.name) }
                    }
                }
            }
        }
    }

    private mutating func schema(_ kind: OpenAPIOperation.Parameter.Kind, isMember: Bool = false) {
        func choice(_ choices: [String], _ json: inout JSONOutput) {
            json.member("type", "string")
            json.key("enum")
            json.array(choices) { json, text in json.value(text) }
        }
        object { json in
            switch kind {
            case .text: json.member("type", "string")
            case .flag: json.member("type", "boolean")
            case .object: json.member("type", "object")
            case .integer(let bounds):
                json.member("type", "integer")
                json.member("minimum", bounds.lowerBound)
                json.member("maximum", bounds.upperBound)
            case .choice(let choices): choice(choices, &json)
            case .list, .choices:
                json.member("type", "array")
                json.key("items")
                json.object { json in
                    if case .choices(let choices) = kind {
                        choice(choices, &json)
                    } else {
                        json.member("type", "string")
                    }
                }
            }
        }
    }

    fileprivate mutating func components() {
        key("securitySchemes")
        object { json in
            for (name, members) in [
                ("token", ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]),
                ("apiKey", ["type": "apiKey", "in": "header", "name": "X-API-Key"]),
                ("cookie", ["type": "apiKey", "in": "cookie", "name": Authenticator.cookieName]),
            ] as [(String, KeyValuePairs<String, String>)] {
                json.key(name)
                json.object { json in
                    for (key, value) in members { json.member(key, value) }
                }
            }
        }
        key("schemas")
        object { json in
            json.key("Problem")
            json.object { json in
                json.member("type", "object")
                json.key("required")
                json.array(["type", "title", "status", "detail", "code", "retryable", "errors", "request_id"]) {
                    json, name in json.value(name)
                }
                json.key("properties")
                json.object { json in
                    for (name, type) in [
                        ("type", "string"), ("title", "string"), ("status", "integer"), ("detail", "string"),
                        ("code", "string"), ("retryable", "boolean"), ("errors", "array"), ("request_id", "string"),
                        ("quarantine_id", "integer"),
                    ] {
                        json.key(name)
                        json.object { $0.member("type", type) }
                    }
                }
            }
        }
    }
}
