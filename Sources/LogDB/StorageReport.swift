/// What a store holds and what it costs on disk.
public struct StorageReport: Sendable, Equatable {
    public struct Tier: Sendable, Equatable {
        public var entries: UInt64 = 0
        public var blocks: UInt64 = 0
        /// Stored bytes of columns, directories and the index.
        public var bytes: UInt64 = 0
        /// Bytes of text and numbers before encoding.
        public var rawBytes: UInt64 = 0
    }

    public struct Column: Sendable, Equatable {
        public var name: String
        public var bytes: UInt64
    }

    /// A figure of the key-value store, by the name that RocksDB gives it and the column family.
    public struct Property: Sendable, Equatable {
        public var name: String
        public var value: UInt64
    }

    /// Entries in memory count here too.
    public var hot = Tier()
    /// What was moved to the cold tier; its bytes are those of the objects there.
    public var cold = Tier()
    /// Stored bytes of the hot tier by column, the directories and the index beside them.
    public var columns: [Column] = []
    public var rocksdb: [Property] = []
    public var segments: UInt64 = 0
    /// Rows and bytes in memory, not sealed.
    public var headRows: UInt64 = 0
    public var headBytes: UInt64 = 0
    /// Entries that did not read when the store was verified, and were set aside.
    public var setAsideEntries: UInt64 = 0
    /// Bytes of all files in the data directory.
    public var directoryBytes: UInt64 = 0
    /// What the key is known by that objects are encrypted under; nil where they are not.
    public var encryptionKey: String?
}
