import HTTPTypes
import HummingbirdCore

/// The user interface: pages, all of which are one document, and the files that it names.
enum WebRoute {
    /// Nothing but the own files, and nothing inline: what a log entry holds can do no harm. Pictures of sessions may come
    /// from memory.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    /// Any page; which view it shows its script decides by the path.
    @Sendable static func page(_ exchange: Exchange) async throws -> Response {
        guard let document = exchange.services.webFiles["index.html"] else { throw noFiles }
        return answer(exchange, personal(document, exchange))
    }

    @Sendable static func file(_ exchange: Exchange) async throws -> Response {
        let files = exchange.services.webFiles
        let isVersioned = exchange.pathValues.first == files.version
        let path = exchange.pathValues.dropFirst(isVersioned ? 1 : 0).joined(separator: "/")
        guard let file = files[path] else { throw Problem.notFound }
        return answer(exchange, file, caching: isVersioned ? "public, max-age=31536000, immutable" : "no-cache")
    }

    /// For whatever looks where browsers do when a document names no icon.
    @Sendable static func icon(_ exchange: Exchange) async throws -> Response {
        guard let file = exchange.services.webFiles["favicon.svg"] else { throw Problem.notFound }
        return answer(exchange, file)
    }

    /// The page that says that there is no such page; nil for whoever did not ask for a page.
    static func missingPage(_ exchange: Exchange) -> Response? {
        let request = exchange.request
        guard request.method == .get || request.method == .head,
            !Exchange.split(request.head.path ?? "").path.hasPrefix("/api/"),
            request.headers[.accept]?.contains("text/html") == true,
            let document = exchange.services.webFiles["index.html"]
        else { return nil }
        return answer(exchange, personal(document, exchange), status: .notFound)
    }

    /// The document with what its script has to know before it asks for anything: whether somebody is signed in; and with
    /// the modules of the page.
    private static func personal(_ document: WebFile, _ exchange: Exchange) -> WebFile {
        let services = exchange.services
        let state: StaticString
        if services.authenticator.signIns == nil {
            state = "open"
        } else if !services.identities.hasUsers {
            state = "setup"
        } else {
            state = exchange.principal == nil ? "signed-out" : "signed-in"
        }
        let text = String(decoding: document.bytes, as: UTF8.self)
        let path = Exchange.split(exchange.request.head.path ?? "").path
        let view = WebModules.view(of: path)
        let modules = services.webFiles.modules[view]
            .map { "<link rel=\"modulepreload\" href=\"/web/\($0)\">\n" }.joined()
        let page = text.replacingFirst("data-session=\"\"", with: "data-session=\"\(state)\"")
            .replacingFirst("/web/\(WebModules.missing)", with: "/web/\(view)")
            .replacingFirst("<script type=", with: modules + "<script type=")
        let versioned = page.split(separator: "\"/web/", omittingEmptySubsequences: false)
            .joined(separator: "\"/web/\(services.webFiles.version)/")
        return WebFile(Array(versioned.utf8), mediaType: document.mediaType)
    }

    private static func answer(
        _ exchange: Exchange, _ file: WebFile, status: HTTPResponse.Status = .ok, caching: String = "no-cache"
    ) -> Response {
        var headers: HTTPFields = [
            .contentSecurityPolicy: policy, .cacheControl: caching, .eTag: file.entityTag,
            HTTPField.Name("Referrer-Policy")!: "no-referrer",
        ]
        let known = exchange.request.headers[.ifNoneMatch]?.split(separator: ",").map { $0.trimmingSpaces() } ?? []
        if status == .ok, known.contains(where: { $0 == file.entityTag || $0 == "*" }) {
            headers[.vary] = "Accept-Encoding"
            return Response(status: .notModified, headers: headers)
        }
        return exchange.bytesAnswer(file.bytes, status: status, mediaType: file.mediaType, headers: headers)
    }

    private static let noFiles = Problem(
        404, "no_web_files",
        "The files of the user interface are not beside the executable; say where they are with --web-root. The API is "
            + "at /api/v1.")
}

extension String {
    fileprivate func replacingFirst(_ text: String, with other: String) -> String {
        let parts = split(separator: text, maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? parts[0] + other + parts[1] : self
    }
}
