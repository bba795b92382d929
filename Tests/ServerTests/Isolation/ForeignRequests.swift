import HTTPTypes
import Testing

@testable import Server

/// A request that names something of another account in one place, and is otherwise as the sender may make it.
struct ForeignRequest: Sendable {
    /// Where the name stands.
    enum Spot: Hashable, Sendable {
        case path(Int)
        /// Wherever the path has a name.
        case wholePath
        case parameter(String)
        case member(String)
    }

    var method: String
    var pattern: String
    var spot: Spot
    var path: String
    var json: String?

    var isInPath: Bool {
        switch spot {
        case .path, .wholePath: true
        case .parameter, .member: false
        }
    }
}

/// Requests over the whole table of routes, each name in each place.
struct ForeignRequests {
    /// Whose own things stand in the other places.
    let own: AccountPlace

    /// What takes no names of things but secrets, which have tests of their own, or goes on for ever.
    private static let unasked: Set<String> = [
        "/api/v1/auth/login", "/api/v1/auth/setup", "/api/v1/auth/refresh", "/api/v1/logs/stream",
        "/api/v1/fleet/register",
    ]
    /// Times that a request would spend, and secrets that cost one.
    private static let unnamed: Set<String> = ["wait", "password"]

    enum Places {
        case inPaths, inParameters, inBodies
    }

    /// The places of all routes.
    func spots(_ places: Places) -> [(method: String, pattern: String, spot: ForeignRequest.Spot)] {
        var spots: [(String, String, ForeignRequest.Spot)] = []
        // A page is the same for everybody: what it shows it asks for.
        for (pattern, methods) in Policy.table.sorted(by: { $0.key < $1.key })
        where pattern.hasPrefix("/api/") && !Self.unasked.contains(pattern) {
            let count = pattern.count { $0 == "{" }
            for method in methods.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
                guard let operation = OpenAPIOperation.all[pattern]?[method] else {
                    Issue.record("\(method) \(pattern) is not in the document")
                    continue
                }
                func add(_ spot: ForeignRequest.Spot) { spots.append((method.rawValue, pattern, spot)) }
                switch places {
                case .inPaths:
                    for index in 0..<count { add(.path(index)) }
                    if count > 1 { add(.wholePath) }
                case .inParameters:
                    for name in operation.parameters.map(\.name) where !Self.unnamed.contains(name) {
                        add(.parameter(name))
                    }
                case .inBodies:
                    for name in operation.members.map(\.name) where !Self.unnamed.contains(name) { add(.member(name)) }
                }
            }
        }
        return spots
    }

    func request(
        _ method: String, _ pattern: String, _ spot: ForeignRequest.Spot, naming value: String
    ) -> ForeignRequest {
        var index = 0
        var path = pattern.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            guard segment.hasPrefix("{") else { return String(segment) }
            defer { index += 1 }
            return spot == .path(index) || spot == .wholePath ? escaped(value) : ownName(pattern, index)
        }.joined(separator: "/")
        if case .parameter(let name) = spot { path += "?\(name)=\(escaped(value))" }
        var members = ["POST", "PUT"].contains(method) ? Self.bodies["\(method) \(pattern)"] ?? [:] : nil
        if pattern == "/api/v1/fleet/heartbeat" || pattern == "/api/v1/sessions" {
            members?["device_id"] = quoted(own.dsn)
        }
        if pattern == "/api/v1/fleet/commands" { members?["device_id"] = quoted(own.dsn) }
        if pattern == "/api/v1/capsules/generate" { members?["dsn"] = quoted(own.dsn) }
        if case .member(let name) = spot {
            if name == "filter" { members?["device_id"] = nil }
            members?[name] = Self.json(value, of: name, method, pattern)
        }
        let json = members.map { "{" + $0.map { "\(quoted($0.key)):\($0.value)" }.joined(separator: ",") + "}" }
        return ForeignRequest(method: method, pattern: pattern, spot: spot, path: path, json: json)
    }

    private func ownName(_ pattern: String, _ index: Int) -> String {
        if pattern.contains("/fleet/devices/") { return index == 0 ? own.dsn : String(own.number) }
        if pattern.contains("/sessions/") { return own.session }
        if pattern.contains("/logs/fields/") { return "message" }
        if pattern.contains("/quarantine/") || pattern.contains("/commands/") { return String(own.number) }
        if pattern.contains("/logs/") { return own.entry }
        return "nothing"
    }

    /// A value as a member takes it.
    private static func json(_ value: String, of name: String, _ method: String, _ pattern: String) -> String {
        let member = OpenAPIOperation.all[pattern]?.first { $0.key.rawValue == method }?.value.members.first {
            $0.name == name
        }
        switch member?.kind {
        case .object: return "{\"x\":\(quoted(value))}"
        case .integer where value.allSatisfy(\.isNumber): return value
        case .choices, .list: return "[\(quoted(value))]"
        default: return quoted(value)
        }
    }

    /// What the routes want besides. Users and keys get names that are none, so that only what is checked before counts.
    private static let bodies: [String: [String: String]] = [
        "POST /api/v1/capsules/generate": ["type": #""drone""#],
        "POST /api/v1/fleet/commands": ["command": #""beep""#],
        "POST /api/v1/fleet/devices/{id}/commands/{command}/result": ["status": #""acknowledged""#],
        "POST /api/v1/fleet/devices/{id}/certificate": ["csr": #""none""#],
        "POST /api/v1/sessions": ["session_id": #""own-run""#],
        "PUT /api/v1/sessions/{id}": ["name": #""own""#],
        "PUT /api/v1/fleet/devices/{id}": ["name": #""own""#],
        "PUT /api/v1/fleet/devices/{id}/shadow": ["desired": #"{"own":1}"#],
        "POST /api/v1/admin/users": ["username": #""a b""#, "password": #""short""#, "role": #""viewer""#],
        "POST /api/v1/admin/api-keys": ["name": #""a b""#, "scopes": #"["query"]"#],
    ]
}
