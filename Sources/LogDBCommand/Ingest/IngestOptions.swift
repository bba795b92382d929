import LogModel

/// What `ingest` was asked to do, beside the files.
struct IngestOptions: Sendable {
    enum Format: String, CaseIterable, Sendable {
        /// By the first byte that is no white space: `{` begins NDJSON, anything else is text.
        case auto
        case ndjson
        case text
    }

    var format = Format.auto
    /// For entries that name none.
    var device: String?
    var session: String?
    var module: String?
    /// Entries of a batch, at most. 1 to `Piece.lineCountMax`.
    var batchSize = 4_096
    /// Store everything as if it had never been stored before.
    var isAgain = false

    /// What changes the entries that the same lines give: lines read differently are other entries.
    func fingerprint(isText: Bool) -> String {
        [device, session, module].map { $0.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined(separator: ",")
            + (isText ? ",text" : ",ndjson")
    }
}
