import HTTPTypes
import LogDB
import LogModel
import NIOCore

extension Quarantine {
    /// What became of a batch that was tried again.
    public struct Replay: Sendable {
        public var accepted = 0
        public var duplicates = 0
        /// Entries that are still refused, and stay in the quarantine.
        public var rejected = 0
        var errors: [RefusedEntry] = []

        /// The first of the reasons, a sentence each.
        public var reasons: [String] { errors.map { "entry \($0.index): \($0.code): \($0.detail)" } }
    }

    /// Stores what can be stored of a batch now. It leaves the quarantine, but for entries that are still refused. A
    /// crash in between, or two who replay it at a time, store it once.
    ///
    /// - Throws: `QuarantineError`, also for a batch that still cannot be read; `LogError` where the store does not take it.
    public func replay(_ id: UInt64, by author: Identities.Author) async throws -> Replay {
        do {
            return try await replay(id, account: nil, scope: .everything, by: author)
        } catch let problem as Problem {
            throw QuarantineError("the batch \(id) is still refused: \(problem.detail)")
        }
    }

    func replay(
        _ id: UInt64, account: UInt64?, scope: DeviceScope, by author: Identities.Author
    ) async throws -> Replay {
        let (record, content) = try await rows(id, account: account)
        let batch = try ReceivedBatch(record, try bytes(of: content))
        let receivedAt = Timestamp(microseconds: record.received)
        var body: IngestBody
        do throws(Problem) {
            body = try batch.decoded(
                try batch.decompressed(limits, codecs), receivedAt: receivedAt, limits: limits, codecs: codecs)
            try ClockCorrection(batch.labels)?.apply(to: &body, receivedAt: receivedAt)
        } catch {
            throw Problem(422, error.code, error.detail, errors: error.errors)
        }
        if !content.refused.isEmpty { body.keep(content.refused) }
        try IngestRoute.checkSize(body.batch)
        body.scrub(scrubber)
        let identity = try identity(record, batch, body)
        try scope.check(body.batch, identity)
        let receipt = try await store.append(
            body.batch, identity: identity, contentHash: body.contentHash, frame: body.frame)
        try await settle(record, batch, body, receipt, by: author)
        return Replay(
            accepted: receipt.accepted, duplicates: receipt.duplicates,
            rejected: body.rejectedCount + receipt.rejected.count,
            errors: body.refusedEntries(receipt, countMax: limits.rejectionCountMax))
    }

    /// A batch keeps the identity under which it was sent, unless it was refused for that, or a part of it was stored
    /// under it.
    private func identity(
        _ record: QuarantineRecord, _ batch: ReceivedBatch, _ body: IngestBody
    ) throws(Problem) -> BatchIdentity? {
        if record.status == 400, record.code != "invalid_identity", record.replayCount == 0,
            let own = try IngestIdentity(batch.labels, certified: batch.device).resolve(body)
        {
            return own
        }
        guard !body.batch.isEmpty else { return nil }
        let device = body.batch.strings.text(Int(body.batch.devices[0]))
        return BatchIdentity(device: device, boot: "quarantine \(record.id)", sequence: record.replayCount + 1)
    }

    /// Takes out of the quarantine what is stored now.
    private func settle(
        _ record: QuarantineRecord, _ batch: ReceivedBatch, _ body: IngestBody, _ receipt: AppendReceipt,
        by author: Identities.Author
    ) async throws {
        let sender = Refusal.Sender(accountID: record.accountID, name: record.sender, address: record.address)
        let refusal = Refusal(receipt, body, batch, sender)
        let rest = try refusal.map { refusal in try remainder(record, refusal) }
        _ = try await changing { (editor) throws(LogError) in
            guard let stored = try editor.row(record.id, of: QuarantineRecord.self) else { return }
            if let rest {
                // Somebody else's replay may have come first.
                guard stored == record else { return }
                try self.replace(stored, with: rest.record, rest.content, editor)
            } else {
                try self.delete(stored, editor)
            }
            try AuditLog.append(
                AuditEvent(
                    actor: author.actor, action: "quarantine.replay", target: String(record.id),
                    address: author.address,
                    detail: "\(receipt.accepted) accepted, \(receipt.duplicates) duplicates, "
                        + "\(refusal?.refusedCount ?? 0) rejected"), in: editor)
        }
    }

    private func remainder(
        _ record: QuarantineRecord, _ refusal: Refusal
    ) throws -> (record: QuarantineRecord, content: QuarantineContent) {
        let (part, refused) = try part(of: refusal.batch, at: refusal.refused)
        var refusal = refusal
        refusal.batch = part
        let content = QuarantineContent(id: record.id, compressed: compressed(part), refused: refused)
        var rest = QuarantineRecord(
            refusal, received: Timestamp(microseconds: record.received), byteCount: part.bytes.readableBytes,
            storedByteCount: Quarantine.storedByteCount(content), fingerprint: record.fingerprint)
        rest.id = record.id
        rest.replayCount = record.replayCount + 1
        return (rest, content)
    }
}

extension ReceivedBatch {
    /// - Throws: `Problem` for a form that this build does not read.
    init(_ record: QuarantineRecord, _ bytes: [UInt8]) throws(Problem) {
        func label(_ text: String) -> String? { text.isEmpty ? nil : text }
        self.init(
            bytes: ByteBuffer(bytes: bytes), format: try IngestFormat(contentType: record.contentType),
            coding: try ContentCoding(contentEncoding: record.contentEncoding),
            device: label(record.certifiedDevice),
            labels: Labels(
                device: label(record.device), boot: label(record.boot), sequence: label(record.sequence),
                clockOffset: label(record.clockOffset)))
    }
}
