import HTTPTypes
import HummingbirdCore

/// What answers a path, by method.
struct Route: Sendable {
    typealias Handler = @Sendable (Exchange) async throws -> Response

    /// With `{name}` for a segment that varies; also the route's name in metrics.
    let pattern: String
    let handlers: [HTTPRequest.Method: Handler]
    /// Whether it reads entries and so waits for its turn; live streams have bounds of their own.
    let isQuery: Bool
    private let accesses: [HTTPRequest.Method: Policy.Access]
    /// Its place in the table.
    fileprivate(set) var index = 0

    init(_ pattern: String, _ handlers: [HTTPRequest.Method: Handler]) {
        self.pattern = pattern
        self.handlers = handlers
        accesses = Policy.table[pattern] ?? [:]
        isQuery = accesses.values.contains(.permitted(.query)) && pattern != "/api/v1/logs/stream"
    }

    /// Who may use the method here; of methods that there are not, whoever may use one that there is. Nil: nobody.
    func access(_ method: HTTPRequest.Method) -> Policy.Access? {
        if handlers[method] != nil || method == .head { return accesses[method == .head ? .get : method] }
        return accesses.isEmpty ? nil : .signedIn
    }

    /// As a field of the answer 405 lists them.
    var allow: String {
        var names = handlers.keys.map(\.rawValue)
        if handlers[.get] != nil { names.append("HEAD") }
        return names.sorted().joined(separator: ", ")
    }
}

/// Finds the route of a path. A path without variables beats one with.
struct RouteTable: Sendable {
    private var plain: [String: Route] = [:]
    private var varying: [(segments: [Substring], route: Route)] = []
    /// By index.
    private(set) var patterns: [String] = []
    /// By index.
    private(set) var routes: [Route] = []

    init(_ routes: [Route]) {
        for var route in routes {
            route.index = patterns.count
            patterns.append(route.pattern)
            self.routes.append(route)
            if route.pattern.contains("{") {
                varying.append((route.pattern.split(separator: "/", omittingEmptySubsequences: false), route))
            } else {
                plain[route.pattern] = route
            }
        }
    }

    /// The route, and the decoded values of its variable segments in order.
    func match(_ path: Substring) -> (route: Route, values: [String])? {
        if let route = plain[String(path)] { return (route, []) }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for (pattern, route) in varying where pattern.count == segments.count {
            var values: [String] = []
            let isMatch = zip(pattern, segments).allSatisfy { expected, segment in
                guard expected.first == "{" else { return expected == segment }
                guard !segment.isEmpty, let value = PercentDecoding.decode(segment, isForm: false) else { return false }
                values.append(value)
                return true
            }
            if isMatch { return (route, values) }
        }
        return nil
    }
}
