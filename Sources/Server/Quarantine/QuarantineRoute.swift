import HTTPTypes
import HummingbirdCore
import LogDB

/// Batches that ingesting refused: those of the own account, or of all for one of the account `default`.
enum QuarantineRoute {
    /// `GET /api/v1/logs/quarantine`: the newest first.
    @Sendable static func list(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let limits = exchange.limits
        let limit = try parameters.takeInteger("limit", in: 1...limits.rowCountMax) ?? limits.rowCountDefault
        let cursor = try parameters.takeInteger("cursor", in: 1...Int.max)
        try parameters.checkAllTaken()
        let quarantine = exchange.services.quarantine
        let batches = try await quarantine.batches(
            before: cursor.map { UInt64($0) }, limit: limit, account: exchange.ownAccount)
        let usage = quarantine.usage
        return exchange.json { json in
            json.object { json in
                json.key("batches")
                json.array(batches) { $0.batch($1) }
                json.member("next_cursor", batches.count == limit ? batches.last.map { String($0.id) } : nil)
                // How full it is is no business of one account among several.
                if exchange.ownAccount == nil {
                    json.member("bytes", usage.byteCount)
                    json.member("bytes_max", limits.quarantineByteCountMax)
                    json.member("evicted", usage.evictedCount)
                }
            }
        }
    }

    /// `GET /api/v1/logs/quarantine/{id}`: what the batch held, as a download.
    @Sendable static func content(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let (batch, bytes) = try await exchange.services.quarantine.content(
            try exchange.batchID(), account: exchange.ownAccount)
        let format = try IngestFormat(contentType: batch.contentType)
        let coding = try ContentCoding(contentEncoding: batch.contentEncoding)
        let (mediaType, ending): (String, String) =
            switch coding {
            // Not as Content-Encoding, which a client would undo: that may be just what is wrong.
            case .gzip: ("application/gzip", format.fileExtension + ".gz")
            case .zstd: ("application/zstd", format.fileExtension + ".zst")
            case .identity: (format.mediaType, format.fileExtension)
            }
        return exchange.bytesAnswer(
            bytes, mediaType: mediaType,
            headers: [.contentDisposition: "attachment; filename=\"quarantine-\(batch.id).\(ending)\""])
    }

    /// `DELETE /api/v1/logs/quarantine/{id}`.
    @Sendable static func remove(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        try await exchange.services.quarantine.remove(
            try exchange.batchID(), account: exchange.ownAccount, by: exchange.author)
        return Response(status: .noContent)
    }

    /// `POST /api/v1/logs/quarantine/{id}/replay`.
    @Sendable static func replay(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        try IngestRoute.checkAccepting(exchange.services)
        let replay = try await exchange.services.quarantine.replay(
            try exchange.batchID(), account: exchange.ownAccount, scope: exchange.scope, by: exchange.author)
        return exchange.json { json in
            json.object { json in
                json.member("accepted", replay.accepted)
                json.member("duplicates", replay.duplicates)
                json.member("rejected", replay.rejected)
                json.key("errors")
                json.array(replay.errors) { $0.refusedEntry($1) }
            }
        }
    }
}

extension Exchange {
    /// The id in the path.
    fileprivate func batchID() throws(QuarantineError) -> UInt64 {
        guard let id = UInt64(pathValues[0]) else {
            throw QuarantineError("“\(pathValues[0])” is no batch of the quarantine; their ids are numbers")
        }
        return id
    }
}

extension JSONOutput {
    fileprivate mutating func batch(_ batch: Quarantine.Batch) {
        object { json in
            json.member("id", batch.id)
            json.member("received", batch.received)
            json.member("sender", batch.sender)
            json.member("address", batch.address)
            json.member("device", batch.device)
            json.member("content_type", batch.contentType)
            json.member("content_encoding", batch.contentEncoding)
            json.member("bytes", batch.byteCount)
            json.member("status", batch.status)
            json.member("code", batch.code)
            json.member("detail", batch.detail)
            json.member("rejected", batch.refusedCount)
            json.key("errors")
            json.raw { $0 += Array(batch.errors.utf8) }
            json.member("replays", batch.replayCount)
        }
    }
}
