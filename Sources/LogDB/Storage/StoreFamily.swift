/// The column families of the key-value store. Each holds one kind of data with its own write pattern.
enum StoreFamily: Int, CaseIterable, Sendable {
    /// Format version and counters. RocksDB requires this one to be called `default`.
    case meta
    /// Batches as received, not yet sealed, by commit sequence.
    case staging
    /// Sealed columns of blocks.
    case blocks
    /// The manifest: segment records and their block directories.
    case segments
    /// Pages of the inverted index.
    case postings
    /// Typed tables and their secondary indexes.
    case tables
    /// What was received from whom, for de-duplication.
    case batches

    var name: String { self == .meta ? "default" : String(describing: self) }

    /// Which part of what all memtables may take one of the family holds before it is flushed. There may be two of a
    /// family, one being flushed, which together bounds their memory.
    var writeBufferShare: Int {
        switch self {
        case .staging, .blocks: 4
        case .postings: 8
        case .meta, .segments, .tables, .batches: 16
        }
    }

    /// New files that wait before RocksDB rewrites them as sorted ones. What is sealed is deleted when its segment is merged,
    /// mostly with whole files: rewriting it before is for nothing, and its keys are found in few of the files anyway.
    var fileCountBeforeCompaction: Int32 {
        switch self {
        case .blocks, .postings: 12
        case .meta, .staging, .segments, .tables, .batches: 4
        }
    }

    /// Whether RocksDB compresses: what is already compressed or packed is not worth another pass.
    var isCompressed: Bool {
        switch self {
        case .staging, .blocks, .postings: false
        case .meta, .segments, .tables, .batches: true
        }
    }

    /// Whether point reads of absent keys are common enough for a Bloom filter.
    var hasBloomFilter: Bool { self == .tables || self == .batches }
}
