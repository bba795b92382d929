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

    /// Bytes that a memtable of the family holds before it is flushed. The sum of two a family bounds their memory.
    var writeBufferByteCount: Int {
        switch self {
        case .staging, .blocks: 16 << 20
        case .postings: 8 << 20
        case .meta, .segments, .tables, .batches: 4 << 20
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
