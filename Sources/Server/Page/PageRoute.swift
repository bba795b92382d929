import HTTPTypes
import HummingbirdCore

/// The page at `/`, for a first look without any tool.
enum PageRoute {
    /// Nothing but the page's own files, and nothing inline: what a log entry holds can do no harm.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'"

    @Sendable static func page(_ exchange: Exchange) async throws -> Response {
        answer(exchange, PageContent.html, "text/html; charset=utf-8")
    }

    @Sendable static func style(_ exchange: Exchange) async throws -> Response {
        answer(exchange, PageContent.style, "text/css; charset=utf-8")
    }

    @Sendable static func script(_ exchange: Exchange) async throws -> Response {
        answer(exchange, PageContent.script, "text/javascript; charset=utf-8")
    }

    private static func answer(_ exchange: Exchange, _ text: String, _ mediaType: String) -> Response {
        exchange.bytesAnswer(
            Array(text.utf8), mediaType: mediaType,
            headers: [
                .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff", .cacheControl: "no-cache",
                HTTPField.Name("Referrer-Policy")!: "no-referrer",
            ])
    }
}
