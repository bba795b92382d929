/// Readers of bytes that anybody may have written, or a disk damaged. Each takes any bytes and ends the process only where
/// it has a bug.
enum FuzzTarget: String, CaseIterable {
    /// JSON that is ingested, as lines and as a document.
    case ingest
    /// The agent's frames.
    case frame
    case query
    /// A block's columns, and what a segment knows of them.
    case block
    /// An object of the cold tier.
    case cold
    /// A record of the agent's spool.
    case spool
    /// Compressed bodies of requests.
    case body

    func read(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .ingest: IngestInput.read(bytes)
        case .frame: FrameInput.read(bytes)
        case .query: QueryInput.read(bytes)
        case .block: BlockInput.read(bytes)
        case .cold: ColdInput.read(bytes)
        case .spool: SpoolInput.read(bytes)
        case .body: BodyInput.read(bytes)
        }
    }
}
