import HTTPTypes
import Testing

@testable import Server

struct OpenAPIDocumentTests {
    @Test func itHasEveryRouteAndNoOther() async throws {
        let server = try await RunningServer()
        let document = try await server.get("/api/v1/openapi.json").json
        #expect(document["openapi"]?.text == "3.1.0")
        var expected: Set<String> = []
        for route in RouteTable.all.routes {
            for method in route.handlers.keys { expected.insert("\(method.rawValue) \(route.pattern)") }
        }
        var described: Set<String> = []
        for (path, methods) in document["paths"]?.object ?? [:] {
            for (method, operation) in methods.object {
                described.insert("\(method.uppercased()) \(path)")
                #expect(operation["summary"]?.text?.isEmpty == false)
                // Variables of the path are parameters of it.
                let variables = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                    $0.dropFirst().dropLast()
                }
                let named = operation["parameters"]?.array.filter { $0["in"]?.text == "path" }
                #expect(named?.compactMap { $0["name"]?.text } == variables.map(String.init), "\(method) \(path)")
                let isOpen =
                    RouteTable.all.routes.first { $0.pattern == path }?
                    .access(HTTPRequest.Method(method.uppercased())!) == .open
                #expect((operation["security"] == .array([])) == isOpen, "\(method) \(path)")
            }
        }
        #expect(described == expected)
        let known = Set(OpenAPIOperation.all.keys)
        #expect(known.subtracting(RouteTable.all.patterns).isEmpty)
    }

    /// A parameter that the document names is one that the route takes, and another is not.
    @Test func theParametersAreThoseOfTheRoutes() async throws {
        let server = try await RunningServer()
        for route in RouteTable.all.routes where route.handlers[.get] != nil && !route.pattern.contains("{") {
            guard route.pattern.hasPrefix("/api/"), let operation = OpenAPIOperation.all[route.pattern]?[.get] else {
                continue
            }
            let unknown = try await server.get(route.pattern + "?nonsense=1")
            if route.pattern != "/api/v1/logs/stream" {
                #expect(unknown.problem == "unknown_parameter", "\(route.pattern)")
            }
            for parameter in operation.parameters {
                let answer = try await server.get("\(route.pattern)?\(parameter.name)=x")
                #expect(answer.problem != "unknown_parameter", "\(route.pattern) \(parameter.name)")
            }
        }
    }
}
