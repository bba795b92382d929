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
        let labels = ReceivedBatch.Labels(headers)
        let identity = try IngestIdentity(labels, certified: device)
        let correction = try ClockCorrection(labels)
        try exchange.checkNoParameters()

        let (byteCountMax, wait) = (exchange.limits.bodyByteCountMax, exchange.limits.inFlightWait)
        var received = Reservation(
            services.receivedBytes, most: exchange.body.declaredByteCount ?? byteCountMax, wait: wait)
        var decompressed = Reservation(services.decompressedBytes, most: byteCountMax, wait: wait)
        defer {
            received.release()
            decompressed.release()
        }
        let collector = BodyCollector(byteCountMax: byteCountMax, limits: exchange.limits)
        let batch = ReceivedBatch(
            bytes: try await collector.collect(exchange.body, &received), format: format, coding: coding,
            device: device, labels: labels)
        do {
            let receivedAt = Timestamp.now
            var body = try await decode(batch, receivedAt, exchange, &decompressed)
            correction?.apply(to: &body, receivedAt: receivedAt)
            body.scrub(services.scrubber)
            try checkSize(body.batch)
            let batchIdentity = try identity.resolve(body)
            try exchange.scope.check(body.batch, batchIdentity)
            let receipt = try await services.store.append(
                body.batch, identity: batchIdentity, contentHash: body.contentHash, frame: body.frame)
            services.counters.didIngest(byteCount: exchange.body.receivedByteCount)
            let kept = await exchange.keep(Refusal(receipt, body, batch, exchange.sender))
            return exchange.json { $0.ingestAnswer(receipt, body, exchange.limits, quarantined: kept) }
        } catch {
            guard var problem = Problem(error) else { throw error }
            problem.quarantineID = await exchange.keep(Refusal(error, batch, exchange.sender))
            throw problem
        }
    }

    /// A batch that would be refused anyway is not received first.
    static func checkAccepting(_ services: Services) throws {
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

    /// Decodes within the memory for what bodies become.
    private static func decode(
        _ batch: ReceivedBatch, _ receivedAt: Timestamp, _ exchange: Exchange, _ decompressed: inout Reservation
    ) async throws(Problem) -> IngestBody {
        let limits = exchange.limits
        let codecs = exchange.services.codecs
        if batch.coding != .identity {
            // How much it becomes is known afterwards only.
            try await decompressed.grow(to: limits.bodyByteCountMax)
        } else if batch.format == .frame {
            let byteCount = batch.bytes.withUnsafeReadableBytes { IngestBody.rawByteCount(ofFrame: $0) }
            try await decompressed.grow(to: byteCount)
        }
        let plain = try batch.decompressed(limits, codecs)
        if let plain, batch.format != .frame { decompressed.shrink(to: plain.count) }
        return try batch.decoded(plain, receivedAt: receivedAt, limits: limits, codecs: codecs)
    }
}

extension Exchange {
    /// Who sends a batch, for the quarantine.
    fileprivate var sender: Refusal.Sender {
        Refusal.Sender(
            accountID: principal?.accountID ?? AccountRecord.defaultID, name: author.actor, address: address)
    }

    /// - Returns: The id in the quarantine, where what was refused is kept.
    fileprivate func keep(_ refusal: Refusal?) async -> UInt64? {
        guard let refusal else { return nil }
        return await services.quarantine.keep(refusal, logger: services.logger)
    }
}

extension JSONOutput {
    /// What became of a batch.
    fileprivate mutating func ingestAnswer(
        _ receipt: AppendReceipt, _ body: IngestBody, _ limits: ServerLimits, quarantined: UInt64?
    ) {
        object { json in
            json.member("accepted", receipt.accepted)
            json.member("duplicates", receipt.duplicates)
            json.member("rejected", body.rejectedCount + receipt.rejected.count)
            json.key("errors")
            json.array(body.refusedEntries(receipt, countMax: limits.rejectionCountMax)) { $0.refusedEntry($1) }
            if let sequence = receipt.acknowledgedThrough { json.member("acked_through", sequence) }
            if let quarantined { json.member("quarantine_id", quarantined) }
        }
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
