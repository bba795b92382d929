import Testing

@testable import Server

/// The pages and the files of the user interface, as a browser gets them.
@Suite struct WebRouteTests {
    private static let paths = [
        "/", "/logs", "/logs?query=level:ERROR", "/fleet", "/fleet/7", "/sessions", "/sessions/nav_42",
        "/sessions/nav%2F42/files", "/admin",
    ]

    @Test func everyPageIsTheDocumentUnderAStrictPolicy() async throws {
        let server = try await RunningServer()
        for path in WebRouteTests.paths {
            let answer = try await server.get(path)
            #expect(answer.status == 200, "\(path)")
            #expect(answer["Content-Type"] == "text/html; charset=utf-8")
            let policy = try #require(answer["Content-Security-Policy"])
            #expect(policy.hasPrefix("default-src 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(answer["X-Content-Type-Options"] == "nosniff")
            #expect(answer.text.contains("data-session=\"open\""))
            let head = try await server.send("HEAD", path)
            #expect(head.status == 200 && head.text.isEmpty)
        }
    }

    @Test func nothingInTheFilesIsInlineOrFromElsewhere() async throws {
        let files = try WebFiles(nil)
        #expect(files.paths.count > 10)
        for path in files.paths {
            let file = try #require(files[path])
            let text = String(decoding: file.bytes, as: UTF8.self)
            if path.hasSuffix(".html") {
                #expect(!text.contains("style=") && !text.contains("onclick") && !text.contains("<style"))
                #expect(!text.contains("://"))
            }
            if path.hasSuffix(".js") {
                for parser in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser"] {
                    #expect(!text.contains(parser), "\(path) uses \(parser)")
                }
            }
            #expect(path.split(separator: "/").count <= 2)
            #expect(text.split(separator: "\n").count <= 400, "\(path) is long")
        }
    }

    @Test func filesHaveTypesAndTags() async throws {
        let server = try await RunningServer()
        let html = try await server.get("/").text
        for match in html.matches(of: /(?:href|src)="(\/[^"]+)"/) {
            let answer = try await server.get(String(match.1))
            #expect(answer.status == 200, "\(match.1)")
            let isVersioned = match.1.hasPrefix("/web/")
            #expect(answer["Cache-Control"]?.contains("immutable") == isVersioned, "\(match.1)")
        }
        for (path, type) in [
            ("/web/style.css", "text/css; charset=utf-8"), ("/web/common/start.js", "text/javascript; charset=utf-8"),
            ("/web/logs/view.js", "text/javascript; charset=utf-8"), ("/favicon.ico", "image/svg+xml"),
        ] {
            let answer = try await server.get(path)
            #expect(answer["Content-Type"] == type)
            #expect(answer["Cache-Control"] == "no-cache")
            let tag = try #require(answer["ETag"])
            let again = try await server.send("GET", path, headers: ["If-None-Match": tag])
            #expect(again.status == 304 && again.text.isEmpty)
            let other = try await server.send("GET", path, headers: ["If-None-Match": "W/\"other\""])
            #expect(other.status == 200)
        }
    }

    /// A browser asks for all of them at once then, and shows the page when it has them.
    @Test func aPageNamesItsViewAndAllThatItImports() async throws {
        let server = try await RunningServer()
        let files = try WebFiles(nil)
        let views = [
            "/": "logs/view.js", "/logs?query=x": "logs/view.js", "/fleet": "fleet/view.js",
            "/fleet/7": "fleet/device.js", "/sessions": "sessions/view.js", "/sessions/a%2Fb": "sessions/session.js",
            "/sessions/7/files": "sessions/files.js", "/admin": "admin/view.js",
        ]
        for (path, view) in views {
            let text = try await server.get(path).text
            func named(_ pattern: Regex<(Substring, Substring)>) -> Set<String> {
                Set(text.matches(of: pattern).map { String($0.1) })
            }
            #expect(named(/<script type="module"[^>]* src="\/web\/\w+\/([^"]+)"/) == [view], "\(path)")
            var imported: Set<String> = []
            var rest = [view]
            while let module = rest.popLast() {
                guard imported.insert(module).inserted else { continue }
                let source = String(decoding: try #require(files[module]?.bytes, "\(module)"), as: UTF8.self)
                let folder = module.split(separator: "/")[0]
                for match in source.matches(of: /(?m)^import [^;]*? from '(.*?)';$/) {
                    let target =
                        match.1.hasPrefix("../") ? String(match.1.dropFirst(3)) : "\(folder)/\(match.1.dropFirst(2))"
                    rest.append(target)
                }
            }
            #expect(named(/<link rel="modulepreload" href="\/web\/\w+\/([^"]+)"/) == imported, "\(path)")
        }
    }

    @Test func whatIsNotThereIsAPageForBrowsersAndAProblemForOthers() async throws {
        let server = try await RunningServer()
        let page = try await server.send("GET", "/nonsense", headers: ["Accept": "text/html"])
        #expect(page.status == 404)
        #expect(page["Content-Type"] == "text/html; charset=utf-8")
        #expect(try await server.get("/nonsense").problem == "not_found")
        let route = try await server.send("GET", "/api/v1/nonsense", headers: ["Accept": "text/html"])
        #expect(route.problem == "not_found")
        for path in ["/web/nonsense.js", "/web/..%2F..%2FPage%2FWebRoute.swift", "/web/logs/..%2Fstyle.css", "/web/."] {
            #expect(try await server.get(path).status == 404, "\(path)")
        }
    }

    @Test func theDocumentSaysWhetherSomebodyIsSignedIn() async throws {
        let place = try await GuardedServer()
        _ = try await place.user(.viewer)
        let signIn = try await place.login("viewer", GuardedServer.password, cookie: true)
        let cookie = try #require(signIn["Set-Cookie"]?.split(separator: ";").first)
        let page = try await place.send("GET", "/logs", headers: ["Cookie": String(cookie)])
        #expect(page.text.contains("data-session=\"signed-in\""))
        #expect(try await place.server.get("/").text.contains("data-session=\"signed-out\""))
        let fresh = try await RunningServer(authentication: .required)
        #expect(try await fresh.get("/fleet").text.contains("data-session=\"setup\""))
    }

    @Test func aDirectoryWithoutTheFilesIsRefused() throws {
        let directory = try ScratchDirectory()
        #expect(throws: ServerError.self) { try WebFiles(directory.path) }
    }
}
