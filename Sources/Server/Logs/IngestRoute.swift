import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import NIOCore
import Synchronization

/// `POST /api/v1/logs/ingest`: stores a batch of entries. 200 says that it is durable and visible.
enum IngestRoute {
    @Sendable static func ingest(_ exchange: Exchange) async throws -> Response {
        let services = exchange.services
        try checkAccepting(services)
        let headers = exchange.request.headers
        let format = try IngestFormat(contentType: headers[.contentType])
        let coding = try ContentCoding(contentEncoding: headers[.contentEncoding])
        // A certificate's device is that of every entry, and of the batch.
        let device = exchange.principal.flatMap { $0.kind == .device ? $0.name : nil }
        let identity = try IngestIdentity(headers, certified: device)
        try exchange.checkNoParameters()

        let (byteCountMax, wait) = (exchange.limits.bodyByteCountMax, exchange.limits.inFlightWait)
        var received = Reservation(
            services.receivedBytes, most: exchange.body.declaredByteCount ?? byteCountMax, wait: wait)
        var decompressed = Reservation(services.decompressedBytes, most: byteCountMax, wait: wait)
        defer {
            received.release()
            decompressed.release()
        }
        let body = try await read(exchange, format, coding, device, &received, &decompressed)
        try checkSize(body.batch)
        let batchIdentity = try identity.resolve(body)
        try exchange.scope.check(body.batch, batchIdentity)
        let receipt = try await services.store.append(
            body.batch, identity: batchIdentity, contentHash: body.contentHash, frame: body.frame)
        services.counters.didIngest(byteCount: exchange.body.receivedByteCount)
        return answer(receipt, body, exchange.limits)
    }

    /// A batch that would be refused anyway is not received first.
    private static func checkAccepting(_ services: Services) throws {
        if services.isDraining.load(ordering: .relaxed) { throw LogError.stopped }
        let health = services.store.health
        if !health.isAccepting, let reason = health.reason { throw reason }
    }

    /// Small entries cost more in memory than in a body, so that a body within its limit may be too much for one batch.
    static func checkSize(_ batch: Batch) throws(Problem) {
        guard batch.count > LogStore.batchRowCountMax || batch.byteCount > LogStore.batchByteCountMax else { return }
        throw Problem(
            413, "too_many_entries",
            "A body may have \(LogStore.batchRowCountMax) entries, and \(LogStore.batchByteCountMax) bytes of them in "
                + "memory; this one has \(batch.count) and \(batch.byteCount). Send it in smaller batches.")
    }

    private static func read(
        _ exchange: Exchange, _ format: IngestFormat, _ coding: ContentCoding, _ device: String?,
        _ received: inout Reservation, _ decompressed: inout Reservation
    ) async throws(Problem) -> IngestBody {
        let limits = exchange.limits
        let codecs = exchange.services.codecs
        let collector = BodyCollector(byteCountMax: limits.bodyByteCountMax, limits: limits)
        let whole = try await collector.collect(exchange.body, &received)
        if coding == .identity {
            if format == .frame {
                let byteCount = whole.withUnsafeReadableBytes { IngestBody.rawByteCount(ofFrame: $0) }
                try await decompressed.grow(to: byteCount)
            }
            return try whole.withUnsafeReadableBytesTyped { (bytes) throws(Problem) in
                try IngestBody(bytes, format, device: device, limits: limits, codecs: codecs)
            }
        }
        // How much it becomes is known afterwards only.
        try await decompressed.grow(to: limits.bodyByteCountMax)
        let decompression = BodyDecompression(coding: coding, byteCountMax: limits.bodyByteCountMax, codecs: codecs)
        let bytes = try whole.withUnsafeReadableBytesTyped { (bytes) throws(Problem) in
            try decompression.decompress(bytes)
        }
        guard let bytes else { throw collector.tooLarge }
        if format != .frame { decompressed.shrink(to: bytes.count) }
        return try bytes.withUnsafeBytesTyped { (bytes) throws(Problem) in
            try IngestBody(bytes, format, device: device, limits: limits, codecs: codecs)
        }
    }

    /// One entry that was not taken, by the decoder or the store.
    private struct Refusal {
        /// Its position in the body.
        var index: Int
        var line: Int?
        var code: String
        var detail: String
    }

    private static func answer(_ receipt: AppendReceipt, _ body: IngestBody, _ limits: ServerLimits) -> Response {
        var errors = body.rejections.map {
            Refusal(index: $0.index, line: $0.line, code: $0.code, detail: $0.detail)
        }
        for rejection in receipt.rejected.prefix(limits.rejectionCountMax) {
            let index = body.originalIndexes.isEmpty ? rejection.index : body.originalIndexes[rejection.index]
            errors.append(Refusal(index: index, line: nil, code: rejection.code, detail: rejection.detail))
        }
        if !receipt.rejected.isEmpty { errors.sort { $0.index < $1.index } }
        var json = JSONOutput()
        json.object { json in
            json.member("accepted", receipt.accepted)
            json.member("duplicates", receipt.duplicates)
            json.member("rejected", body.rejectedCount + receipt.rejected.count)
            json.key("errors")
            json.array(errors.prefix(limits.rejectionCountMax)) { json, error in
                json.object { json in
                    json.member("index", error.index)
                    if let line = error.line { json.member("line", line) }
                    json.member("code", error.code)
                    json.member("detail", error.detail)
                }
            }
            if let sequence = receipt.acknowledgedThrough { json.member("acked_through", sequence) }
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}

extension ByteBuffer {
    /// `withUnsafeReadableBytes` that keeps the closure's error type.
    func withUnsafeReadableBytesTyped<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let result: Result<R, E> = withUnsafeReadableBytes { bytes in
            do throws(E) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` that keeps the closure's error type.
    func withUnsafeBytesTyped<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let result: Result<R, E> = withUnsafeBytes { bytes in
            do throws(E) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
