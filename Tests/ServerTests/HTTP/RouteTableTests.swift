import Testing

@testable import Server

@Suite struct RouteTableTests {
    @Test(
        arguments: [
            ("/", "/", []), ("/api/v1/logs", "/api/v1/logs", []), ("/api/v1/logs/fields", "/api/v1/logs/fields", []),
            ("/api/v1/logs/abc-1", "/api/v1/logs/{id}", ["abc-1"]),
            ("/api/v1/logs/a%2Fb/context", "/api/v1/logs/{id}/context", ["a/b"]),
            ("/api/v1/logs/fields/camera%20id/values", "/api/v1/logs/fields/{name}/values", ["camera id"]),
            ("/api/v1/admin/jobs/j1", "/api/v1/admin/jobs/{id}", ["j1"]),
        ] as [(String, String, [String])])
    func pathsFindTheirRoute(_ path: String, _ pattern: String, _ values: [String]) {
        let match = RouteTable.all.match(path[...])
        #expect(match?.route.pattern == pattern)
        #expect(match?.values == values)
        #expect(match.map { RouteTable.all.patterns[$0.route.index] } == pattern)
    }

    @Test(arguments: ["", "//", "/api", "/api/v1/logs/", "/api/v1/logs//context", "/api/v1/logs/%ff", "/HEALTH"])
    func otherPathsFindNone(_ path: String) {
        #expect(RouteTable.all.match(path[...]) == nil)
    }

    @Test func targetsAreSplitAtTheFirstMark() {
        #expect(Exchange.split("/a?b=c?d") == ("/a", "b=c?d"))
        #expect(Exchange.split("/a") == ("/a", ""))
    }
}
