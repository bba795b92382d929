import Testing

@testable import Server

@Suite struct PageRouteTests {
    @Test func thePageIsServedWithAStrictPolicy() async throws {
        let server = try await RunningServer()
        for (path, type) in [("/", "text/html"), ("/style.css", "text/css"), ("/page.js", "text/javascript")] {
            let answer = try await server.get(path)
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "\(type); charset=utf-8")
            let policy = try #require(answer["Content-Security-Policy"])
            #expect(policy.hasPrefix("default-src 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(answer["X-Content-Type-Options"] == "nosniff")
        }
    }

    @Test func thePageNeedsNothingElse() async throws {
        let server = try await RunningServer()
        let html = PageContent.html
        #expect(!html.contains("://"))
        #expect(!html.contains("style="))
        #expect(!html.contains("onclick"))
        #expect(!PageContent.script.contains("innerHTML"))
        for match in html.matches(of: /(?:href|src)="([^"]+)"/) {
            let answer = try await server.get(String(match.1))
            #expect(answer.status == 200, "\(match.1)")
        }
    }
}
