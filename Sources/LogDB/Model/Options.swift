public import ObjectStore

/// How a store behaves. Every default is a good one; `validate` lists what is out of bounds.
public struct Options: Sendable {
    /// Rows in memory before they are sealed into blocks. 1,024 to 4,194,304.
    public var headRowCountMax = 131_072
    /// Bytes of rows in memory before they are sealed. 1 MiB to 1 GiB. Up to three heads exist at a time: one filling,
    /// one being sealed, one waiting for it.
    public var headByteCountMax = 32 << 20
    /// Rows in memory are sealed when the oldest has waited this long. At least one second.
    public var headAgeMax: Duration = .seconds(300)
    /// Rows of a block. 256 to 65,536.
    public var blockRowCountMax = 4_096
    /// Bytes of text in a block, before encoding. 64 KiB to 64 MiB; one entry may pass it alone.
    public var blockByteCountMax = 4 << 20
    /// zstd level of blocks when sealed, 1 to 19.
    public var sealLevel = 1
    /// zstd level of blocks when merged, 1 to 19.
    public var mergeLevel = 3
    /// Segments of at most this many rows are merged into larger ones. 0 turns background merging off.
    public var mergeRowCountMax = 1_048_576
    /// Segments of about the same size that one merge joins. 2 to 64.
    public var mergeFanIn = 16
    /// Bytes of RocksDB's block cache. At least 1 MiB.
    public var cacheByteCount = 24 << 20
    /// Bytes of all of RocksDB's memtables: past it the largest is written out. At least 4 MiB.
    public var memtableByteCountMax = 48 << 20
    /// Bytes of decoded directories, templates and censuses of segments that are kept for the next query. At least 1 MiB.
    public var directoryCacheByteCount = 16 << 20
    /// Bytes of the cold tier's objects that are kept for the next question, where they lie on the network.
    public var coldCacheByteCount = 16 << 20
    /// Bytes of decoded columns of blocks that are kept for the next query. 0 keeps none.
    public var columnCacheByteCount = 24 << 20
    /// Entries older than this are dropped, by whole days of blocks, and refused at the door. Nil: kept for ever.
    public var retention: Duration?
    /// Days whose entries are all older than this go to the cold tier. Nil: none do by themselves. At least one hour.
    public var coldAge: Duration? = .seconds(7 * 86_400)
    /// Nothing goes to the cold tier by itself that was received within this: old logs may be imported.
    public var coldRestMin: Duration = .seconds(86_400)
    /// How often what has become old is looked for.
    var coldCheckInterval: Duration = .seconds(60)
    /// How often entries that have expired under a rule are looked for.
    var retentionCheckInterval: Duration = .seconds(600)
    /// zstd level of blocks in the cold tier, 1 to 19.
    public var coldLevel = 12
    /// Rows of a block in the cold tier. 256 to 65,536.
    public var coldBlockRowCountMax = 16_384
    /// Where the cold tier is: a directory, or `s3://BUCKET/PREFIX?endpoint=URL&region=R`, for which the keys are in
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. The store remembers the place, and never the keys. Nil: where it was
    /// last; at first, `cold` in the store's own directory.
    public var coldPlace: String?
    /// What objects of the cold tier, and what else belongs to the store, are encrypted with. Nil: they are not. A store that
    /// had keys does not open without them.
    public var encryptionKeys: EncryptionKeys?
    /// Tests put a cold tier here that fails.
    var coldObjects: (any ObjectStore)?
    /// Appending stops when less of the disk than this is free, 0 to 0.5, and resumes by itself.
    public var freeSpaceFractionMin = 0.05
    /// With `Durability.interval`, how long the log may stay unsynced. At least 1 ms.
    public var syncInterval: Duration = .milliseconds(200)
    /// How full the disk of a path is; nil where the system does not say. Tests put a full disk here.
    var diskSpace: @Sendable (String) -> DiskSpace? = { DiskSpace.of($0) }
    /// Threads that scan. 1 to 256.
    public var scanThreadCount = 4

    /// A head's blocks by rows and by bytes together stay below what one segment's index can number.
    private static let headBlockCountMax = 1_024

    public init() {}

    /// What a store may take of a process' memory, all of its parts together, by default.
    public static let memoryByteCountDefault = 384 << 20
    /// Less does not leave room for the parts to do their work.
    public static let memoryByteCountMin = 128 << 20

    /// The default options, with the parts that hold memory sized so that all together stay within `memoryByteCount` under
    /// full load: heads and merges take less at a time, and entries that come faster than they are sealed wait.
    ///
    /// - Parameter memoryByteCount: Of the whole process, requests and queries included. At least `memoryByteCountMin`.
    public init(memoryByteCount: Int) {
        func share(_ part: Int) -> Int { memoryByteCount / part }
        headByteCountMax = min(max(share(12), 4 << 20), 1 << 30)
        headRowCountMax = min(max(headByteCountMax / 256, 16_384), 4_194_304)
        cacheByteCount = share(16)
        memtableByteCountMax = share(8)
        directoryCacheByteCount = share(24)
        columnCacheByteCount = share(16)
        coldCacheByteCount = share(24)
        // A merge holds about 100 bytes a row until the segment is written.
        mergeRowCountMax = min(max(share(4) / 100, 65_536), 8 << 20)
    }

    /// Every option that is out of its bounds, each with its value and bound; empty when all are good.
    public func validate() -> [String] {
        var problems: [String] = []
        func check<Value: Comparable>(_ name: String, _ value: Value, _ bounds: ClosedRange<Value>) {
            if !bounds.contains(value) {
                problems.append("\(name) is \(value); it must be from \(bounds.lowerBound) to \(bounds.upperBound)")
            }
        }
        check("headRowCountMax", headRowCountMax, 1_024...4_194_304)
        check("headByteCountMax", headByteCountMax, 1 << 20...1 << 30)
        check("headAgeMax", headAgeMax, .seconds(1) ... .seconds(86_400))
        check("blockRowCountMax", blockRowCountMax, 256...65_536)
        check("blockByteCountMax", blockByteCountMax, 64 << 10...64 << 20)
        check("sealLevel", sealLevel, 1...19)
        check("mergeLevel", mergeLevel, 1...19)
        check("mergeRowCountMax", mergeRowCountMax, 0...1 << 30)
        check("mergeFanIn", mergeFanIn, 2...64)
        check("coldLevel", coldLevel, 1...19)
        check("coldBlockRowCountMax", coldBlockRowCountMax, 256...65_536)
        check("cacheByteCount", cacheByteCount, 1 << 20...1 << 40)
        check("memtableByteCountMax", memtableByteCountMax, 4 << 20...1 << 40)
        check("directoryCacheByteCount", directoryCacheByteCount, 1 << 20...1 << 40)
        check("columnCacheByteCount", columnCacheByteCount, 0...1 << 40)
        check("coldCacheByteCount", coldCacheByteCount, 0...1 << 40)
        check("freeSpaceFractionMin", freeSpaceFractionMin, 0...0.5)
        check("syncInterval", syncInterval, .milliseconds(1) ... .seconds(3_600))
        check("scanThreadCount", scanThreadCount, 1...256)
        for (name, parts) in [
            ("headRowCountMax / blockRowCountMax", headRowCountMax / max(blockRowCountMax, 1)),
            ("headByteCountMax / blockByteCountMax", headByteCountMax / max(blockByteCountMax, 1)),
        ] where parts > Options.headBlockCountMax {
            problems.append("\(name) is \(parts); a head may become at most \(Options.headBlockCountMax) blocks")
        }
        if let retention, retention < .seconds(3_600) {
            problems.append("retention is \(retention); it must be at least one hour")
        }
        if let coldPlace {
            do throws(ObjectStoreError) {
                _ = try ObjectPlace.open(coldPlace)
            } catch {
                problems.append("the cold tier: \(error.message)")
            }
        }
        if let coldAge, coldAge < .seconds(3_600) {
            problems.append("coldAge is \(coldAge); it must be at least one hour")
        }
        return problems
    }
}

/// What an acknowledgement of `append` promises.
public enum Durability: Sendable, Hashable {
    /// On disk: survives power loss. Costs one sync, shared by the callers of the moment.
    case synced
    /// In the operating system's hands: survives the process, but power loss may take the last `Options.syncInterval`.
    case interval
}
