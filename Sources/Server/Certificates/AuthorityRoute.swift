import HummingbirdCore

/// The product's own authority.
enum AuthorityRoute {
    /// `GET /api/v1/ca`: its certificate, for clients that are to trust it.
    @Sendable static func certificate(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        guard let pem = exchange.services.authority.existing?.certificatePEM else {
            throw Problem(
                404, "no_authority", "The server has no certificate authority of its own; logdb ca init makes it.")
        }
        return exchange.bytesAnswer(pem, mediaType: "application/x-pem-file")
    }

    /// `GET /api/v1/ca/crl`: the certificates that were taken back.
    @Sendable static func revocations(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let list = try await exchange.services.fleet.revocationList(exchange.services.authority.get())
        return exchange.bytesAnswer(list, mediaType: "application/x-pem-file")
    }
}
