import LogModel

/// Where `ingest` stores batches.
///
/// What ends the ingest is thrown as `CommandFailure`. Waiting and trying again, where that helps, is the sink's business.
protocol BatchSink: Sendable {
    func store(_ prepared: PreparedPiece, identity: BatchIdentity) async throws -> SinkAnswer
    func close() async
}

enum SinkAnswer: Sendable {
    case stored(SinkReceipt)
    /// The identity was used before, for other entries. Nothing was stored.
    case conflict
}

struct SinkReceipt: Sendable {
    struct Refusal: Sendable {
        /// The entry's position in the batch.
        var row: Int
        var code: String
        var detail: String
    }

    var acceptedCount: Int
    var duplicateCount: Int
    var refusedCount: Int
    /// The first of those refused.
    var refusals: [Refusal]
}
