import LogDB
import LogModel

/// Why a batch, or some of its entries, were refused, and what is needed to try again.
struct Refusal: Sendable {
    struct Sender: Sendable {
        var accountID: UInt64
        /// As the audit log names it.
        var name: String
        var address: String
    }

    var batch: ReceivedBatch
    var sender: Sender
    /// What the sender is answered.
    var status: Int
    var code: String
    var detail: String
    /// The first of the reasons.
    var errors: [RefusedEntry] = []
    /// How many entries were refused; 0 where the batch as a whole was.
    var refusedCount = 0
    /// Their positions in the body. Empty: all of it.
    var refused: [Int] = []

    /// Reasons that are kept of one batch.
    static let errorCountMax = 100

    /// - Parameter error: What ingesting threw. Nil is returned for one that sending the batch again may overcome, or
    ///   that says nothing of what it holds.
    init?(_ error: any Error, _ batch: ReceivedBatch, _ sender: Sender) {
        guard let problem = Problem(error), problem.status == 400 || problem.status == 409 else { return nil }
        self.batch = batch
        self.sender = sender
        status = problem.status
        code = problem.code
        detail = problem.detail
    }

    /// Of a batch whose other entries were stored.
    init?(_ receipt: AppendReceipt, _ body: IngestBody, _ batch: ReceivedBatch, _ sender: Sender) {
        refusedCount = body.rejectedCount + receipt.rejected.count
        guard refusedCount > 0 else { return nil }
        self.batch = batch
        self.sender = sender
        status = 200
        errors = body.refusedEntries(receipt, countMax: Refusal.errorCountMax)
        code = errors.first?.code ?? ""
        detail = "\(refusedCount) of \(body.entryCount) entries were refused."
        refused = refusedCount == body.entryCount && body.positions == nil ? [] : body.refusedIndexes(receipt)
    }

    var errorsJSON: String {
        var json = JSONOutput()
        json.array(errors) { $0.refusedEntry($1) }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

/// One entry that was not taken, by the decoder or the store.
struct RefusedEntry: Sendable {
    /// Its position in the body.
    var index: Int
    var line: Int?
    var code: String
    var detail: String
}

extension JSONOutput {
    mutating func refusedEntry(_ entry: RefusedEntry) {
        object { json in
            json.member("index", entry.index)
            if let line = entry.line { json.member("line", line) }
            json.member("code", entry.code)
            json.member("detail", entry.detail)
        }
    }
}

extension IngestBody {
    /// Entries that the body has, good and bad.
    var entryCount: Int { batch.count + rejectedCount }

    /// What was refused and why, in the body's order; the first `countMax` of those whose reasons are known.
    func refusedEntries(_ receipt: AppendReceipt, countMax: Int) -> [RefusedEntry] {
        var errors = rejections.map { RefusedEntry(index: $0.index, line: $0.line, code: $0.code, detail: $0.detail) }
        for rejection in receipt.rejected.prefix(countMax) {
            errors.append(
                RefusedEntry(
                    index: position(rejection.index), line: nil, code: rejection.code, detail: rejection.detail))
        }
        if !receipt.rejected.isEmpty { errors.sort { $0.index < $1.index } }
        return Array(errors.prefix(countMax))
    }

    /// The positions of all that was refused, in order.
    func refusedIndexes(_ receipt: AppendReceipt) -> [Int] {
        var stored = Set((0..<batch.count).map { position($0) })
        for rejection in receipt.rejected { stored.remove(position(rejection.index)) }
        return (positions ?? Array(0..<entryCount)).filter { !stored.contains($0) }
    }

    private func position(_ index: Int) -> Int { originalIndexes.isEmpty ? index : originalIndexes[index] }

    /// Drops the entries that do not stand at one of `positions` of the body, which are in order.
    mutating func keep(_ positions: [Int]) {
        let wanted = Set(positions)
        var kept = Batch()
        var indexes: [Int] = []
        for index in 0..<batch.count where wanted.contains(position(index)) {
            kept.append(index, of: batch)
            indexes.append(position(index))
        }
        batch = kept
        originalIndexes = indexes
        rejections.removeAll { !wanted.contains($0.index) }
        rejectedCount = positions.count - kept.count
        self.positions = positions
        frame = nil
    }
}
