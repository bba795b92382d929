import HummingbirdCore

/// `GET /api/v1/ca`: the certificate of the product's own authority, for clients that are to trust it.
enum AuthorityRoute {
    @Sendable static func certificate(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        guard let pem = exchange.services.authorityPEM else {
            throw Problem(
                404, "no_authority", "The server has no certificate authority of its own; logdb ca init makes it.")
        }
        return exchange.bytesAnswer(pem, mediaType: "application/x-pem-file")
    }
}
