import CRocksDB
import Glibc

/// The ordered key-value store under the engine: RocksDB behind the few operations the engine needs.
///
/// Every call may block on the disk: call from the engine's own threads, never from Swift's cooperative pool.
/// All methods may be called from several threads at once; `write` is atomic.
final class RocksStore: @unchecked Sendable {
    private let database: OpaquePointer
    private let families: [OpaquePointer]
    private let options: OpaquePointer
    private let familyOptions: [OpaquePointer]
    private let cache: OpaquePointer
    private let readOptions: OpaquePointer
    private let scanOptions: OpaquePointer
    private let syncedWrite: OpaquePointer
    private let unsyncedWrite: OpaquePointer
    private var isOpen = true
    let path: String

    /// Opens or creates the store in directory `path`, whose parent exists.
    ///
    /// - Parameters:
    ///   - cacheByteCount: The bound of the cache of file blocks.
    ///   - memtableByteCountMax: The bound of all memtables together: past it the largest is flushed.
    /// - Throws: `.locked` when another process has it open, `.corruption`, `.io`.
    init(
        path: String, cacheByteCount: Int, memtableByteCountMax: Int = Options().memtableByteCountMax
    ) throws(LogError) {
        self.path = path
        options = rocksdb_options_create()
        rocksdb_options_set_create_if_missing(options, 1)
        rocksdb_options_set_create_missing_column_families(options, 1)
        rocksdb_options_set_paranoid_checks(options, 1)
        // The default mode drops everything after the first damaged record without a word. This one tolerates only a
        // torn tail, which was never acknowledged, and refuses to open on damage before it.
        rocksdb_options_set_wal_recovery_mode(options, Int32(rocksdb_tolerate_corrupted_tail_records_recovery))
        rocksdb_options_set_max_total_wal_size(options, 128 << 20)
        // A write whose log could not be written or synced is refused, and may still be read back from the log. RocksDB flushes
        // memtables to go on after such an error: one family by one, the write would come back for some of them alone.
        rocksdb_options_set_atomic_flush(options, 1)
        rocksdb_options_set_db_write_buffer_size(options, memtableByteCountMax)
        rocksdb_options_set_max_background_jobs(options, 2)
        rocksdb_options_set_bytes_per_sync(options, 1 << 20)
        rocksdb_options_set_keep_log_file_num(options, 2)
        rocksdb_options_set_max_log_file_size(options, 4 << 20)
        rocksdb_options_set_info_log_level(options, 2)
        rocksdb_options_set_max_open_files(options, Int32(DescriptorLimit.storeCountMax))
        let cache = rocksdb_cache_create_lru(cacheByteCount)!
        self.cache = cache
        familyOptions = StoreFamily.allCases.map {
            RocksStore.makeOptions(for: $0, cache: cache, memtableByteCountMax: memtableByteCountMax)
        }

        readOptions = rocksdb_readoptions_create()
        scanOptions = rocksdb_readoptions_create()
        // A long scan would push out what point reads keep warm.
        rocksdb_readoptions_set_fill_cache(scanOptions, 0)
        syncedWrite = rocksdb_writeoptions_create()
        rocksdb_writeoptions_set_sync(syncedWrite, 1)
        unsyncedWrite = rocksdb_writeoptions_create()

        try RocksStore.checkIsWhole(path)
        let names = StoreFamily.allCases.map { strdup($0.name)! }
        defer { names.forEach { free($0) } }
        var namePointers: [UnsafePointer<CChar>?] = names.map { UnsafePointer($0) }
        var optionPointers: [OpaquePointer?] = familyOptions
        var handles = [OpaquePointer?](repeating: nil, count: names.count)
        var failure: UnsafeMutablePointer<CChar>?
        let opened = rocksdb_open_column_families(
            options, path, Int32(names.count), &namePointers, &optionPointers, &handles, &failure)
        guard let opened else {
            let error = RocksStore.takeError(&failure, doing: "open the data directory", location: path)
            throw error ?? LogError(.io, "RocksDB did not open and gave no reason", location: path)
        }
        database = opened
        families = handles.map { $0! }
    }

    /// RocksDB would begin anew where `CURRENT` is missing, and remove the files of what was there.
    ///
    /// - Throws: `.corruption`.
    private static func checkIsWhole(_ path: String) throws(LogError) {
        guard access(path + "/CURRENT", F_OK) != 0, errno == ENOENT else { return }
        if DirectoryListing.names(path).contains(where: { $0.hasSuffix(".sst") || $0.hasSuffix(".log") }) {
            throw LogError(
                .corruption, "the file CURRENT is missing beside data; put it back, or restore a backup",
                location: path)
        }
    }

    deinit { close() }

    /// Closes the store. No other call may be running or follow.
    func close() {
        guard isOpen else { return }
        isOpen = false
        rocksdb_cancel_all_background_work(database, 1)
        families.forEach { rocksdb_column_family_handle_destroy($0) }
        rocksdb_close(database)
        rocksdb_readoptions_destroy(readOptions)
        rocksdb_readoptions_destroy(scanOptions)
        rocksdb_writeoptions_destroy(syncedWrite)
        rocksdb_writeoptions_destroy(unsyncedWrite)
        familyOptions.forEach { rocksdb_options_destroy($0) }
        rocksdb_options_destroy(options)
        rocksdb_cache_destroy(cache)
    }

    private static func makeOptions(for family: StoreFamily, cache: OpaquePointer, memtableByteCountMax: Int)
        -> OpaquePointer
    {
        let options = rocksdb_options_create()!
        rocksdb_options_set_write_buffer_size(options, memtableByteCountMax / family.writeBufferShare)
        // More than two reorders flushes on a retry after an error before RocksDB 7.9.
        rocksdb_options_set_max_write_buffer_number(options, 2)
        rocksdb_options_set_compression(
            options, Int32(family.isCompressed ? rocksdb_zstd_compression : rocksdb_no_compression))
        rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1)
        rocksdb_options_set_target_file_size_base(options, 32 << 20)
        rocksdb_options_set_level0_file_num_compaction_trigger(options, family.fileCountBeforeCompaction)
        let table = rocksdb_block_based_options_create()!
        rocksdb_block_based_options_set_block_cache(table, cache)
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1)
        rocksdb_block_based_options_set_format_version(table, 5)
        if family.hasBloomFilter {
            rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(10))
        }
        rocksdb_options_set_block_based_table_factory(options, table)
        rocksdb_block_based_options_destroy(table)
        return options
    }

    // MARK: Reading

    /// Calls `body` with the key's value where it lies in the store's cache, or with nil. The bytes are valid within
    /// `body` only.
    func withValue<R>(
        _ family: StoreFamily, _ key: [UInt8], in snapshot: RocksSnapshot? = nil,
        _ body: (UnsafeRawBufferPointer?) throws(LogError) -> R
    ) throws(LogError) -> R {
        var failure: UnsafeMutablePointer<CChar>?
        let slice = key.withUnsafeBytes { key in
            rocksdb_get_pinned_cf(
                database, snapshot?.readOptions ?? readOptions, families[family.rawValue],
                key.baseAddress?.assumingMemoryBound(to: CChar.self), key.count, &failure)
        }
        if let error = RocksStore.takeError(&failure, doing: "read", location: family.name) { throw error }
        guard let slice else { return try body(nil) }
        defer { rocksdb_pinnableslice_destroy(slice) }
        var count = 0
        let bytes = rocksdb_pinnableslice_value(slice, &count)
        return try body(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    func value(
        _ family: StoreFamily, _ key: [UInt8], in snapshot: RocksSnapshot? = nil
    ) throws(LogError) -> [UInt8]? {
        try withValue(family, key, in: snapshot) { (bytes) throws(LogError) in bytes.map { Array($0) } }
    }

    /// Calls `body` with each key from `from` on, in order, while it lies before `to` and `body` returns true. The bytes
    /// are valid within `body` only. What is written meanwhile is not seen.
    func forEach(
        _ family: StoreFamily, from: [UInt8], to: [UInt8]? = nil, in snapshot: RocksSnapshot? = nil,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(LogError) -> Bool
    ) throws(LogError) {
        let iterator = rocksdb_create_iterator_cf(
            database, snapshot?.scanOptions ?? scanOptions, families[family.rawValue])!
        defer { rocksdb_iter_destroy(iterator) }
        from.withUnsafeBytes {
            rocksdb_iter_seek(iterator, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        while rocksdb_iter_valid(iterator) != 0 {
            var count = 0
            let keyBytes = rocksdb_iter_key(iterator, &count)
            let key = UnsafeRawBufferPointer(start: keyBytes, count: count)
            if let to, !key.lexicographicallyPrecedes(to) { break }
            let valueBytes = rocksdb_iter_value(iterator, &count)
            guard try body(key, UnsafeRawBufferPointer(start: valueBytes, count: count)) else { break }
            rocksdb_iter_next(iterator)
        }
        var failure: UnsafeMutablePointer<CChar>?
        rocksdb_iter_get_error(iterator, &failure)
        if let error = RocksStore.takeError(&failure, doing: "scan", location: family.name) { throw error }
    }

    /// The store as it is now, for several reads that must agree. To be let go of before the store is closed.
    func snapshot() -> RocksSnapshot { RocksSnapshot(database) }

    // MARK: Writing

    /// Applies `batch` whole or not at all.
    ///
    /// - Parameter synced: Return only after the log is on disk (fdatasync).
    /// - Throws: `.io` or `.diskFull`. After a failed sync the store refuses further writes until it is opened anew; after
    ///   `.diskFull` see `probeWriting`.
    func write(_ batch: borrowing WriteBatch, synced: Bool) throws(LogError) {
        var failure: UnsafeMutablePointer<CChar>?
        rocksdb_write(database, synced ? syncedWrite : unsyncedWrite, batch.handle, &failure)
        if let error = RocksStore.takeError(&failure, doing: "write", location: path) { throw error }
    }

    /// Syncs what `write` left unsynced.
    func syncLog() throws(LogError) {
        var failure: UnsafeMutablePointer<CChar>?
        rocksdb_flush_wal(database, 1, &failure)
        if let error = RocksStore.takeError(&failure, doing: "sync the log", location: path) { throw error }
    }

    /// Writes what is there already, to see whether writes are taken: RocksDB refuses them while it waits for room on a
    /// full disk, and takes them again, in a new log, some seconds after there is as much as its largest memtable. What
    /// the failed write left in the old log is not read back.
    ///
    /// - Throws: `.diskFull`, `.io` while they are refused.
    func probeWriting(_ family: StoreFamily, _ key: [UInt8]) throws(LogError) {
        guard let value = try value(family, key) else { return }
        var batch = WriteBatch()
        batch.put(self, family, key, value)
        try write(batch, synced: true)
    }

    /// Drops every file that lies within the keys, at once and without a tombstone; keys in files that reach beyond stay.
    func deleteFiles(_ family: StoreFamily, from: [UInt8], to: [UInt8]) throws(LogError) {
        var failure: UnsafeMutablePointer<CChar>?
        from.withUnsafeBytes { from in
            to.withUnsafeBytes { to in
                rocksdb_delete_file_in_range_cf(
                    database, families[family.rawValue],
                    from.baseAddress?.assumingMemoryBound(to: CChar.self), from.count,
                    to.baseAddress?.assumingMemoryBound(to: CChar.self), to.count, &failure)
            }
        }
        if let error = RocksStore.takeError(&failure, doing: "drop files", location: family.name) { throw error }
    }

    /// Writes the family's memtable to a file, so that the log before it can go.
    func flush(_ family: StoreFamily) throws(LogError) {
        let flushOptions = rocksdb_flushoptions_create()
        defer { rocksdb_flushoptions_destroy(flushOptions) }
        var failure: UnsafeMutablePointer<CChar>?
        rocksdb_flush_cf(database, flushOptions, families[family.rawValue], &failure)
        if let error = RocksStore.takeError(&failure, doing: "flush", location: family.name) { throw error }
    }

    /// Rewrites the family's files so that deleted and superseded values are gone from disk.
    func compact(_ family: StoreFamily) {
        rocksdb_compact_range_cf(database, families[family.rawValue], nil, 0, nil, 0)
    }

    /// Makes a directory with second names of all files as they are now, log included: what was written before the call and
    /// nothing after it. Memtables are flushed for it.
    ///
    /// - Parameter path: Not there yet, on the same file system.
    func checkpoint(to path: String) throws(LogError) {
        var failure: UnsafeMutablePointer<CChar>?
        let checkpoint = rocksdb_checkpoint_object_create(database, &failure)
        if let error = RocksStore.takeError(&failure, doing: "begin a checkpoint", location: path) { throw error }
        defer { rocksdb_checkpoint_object_destroy(checkpoint) }
        rocksdb_checkpoint_create(checkpoint, path, 0, &failure)
        if let error = RocksStore.takeError(&failure, doing: "make a checkpoint", location: path) { throw error }
    }

    // MARK: Looking

    /// The files that hold the families' data now, memtables and log aside.
    var tableFiles: [String] {
        guard let files = rocksdb_livefiles(database) else { return [] }
        defer { rocksdb_livefiles_destroy(files) }
        return (0..<rocksdb_livefiles_count(files)).compactMap { index in
            rocksdb_livefiles_name(files, index).map { path + String(cString: $0) }
        }
    }

    /// An integer property of RocksDB, such as `rocksdb.estimate-num-keys`; nil where it has none of the name.
    func property(_ name: String, of family: StoreFamily) -> UInt64? {
        var value: UInt64 = 0
        guard rocksdb_property_int_cf(database, families[family.rawValue], name, &value) == 0 else { return nil }
        return value
    }

    /// Turns RocksDB's error text into a typed error and frees it. Nil where there was none.
    private static func takeError(
        _ failure: inout UnsafeMutablePointer<CChar>?, doing action: String,
        location makeLocation: @autoclosure () -> String
    ) -> LogError? {
        guard let text = failure else { return nil }
        let location = makeLocation()
        defer {
            rocksdb_free(text)
            failure = nil
        }
        let message = String(cString: text)
        let code: LogError.Code
        if message.contains("lock") && message.contains("LOCK") {
            return LogError(.locked, "another process has the data directory open; stop it first", location: location)
        } else if message.contains("Column families not opened") {
            return LogError(
                .formatTooNew, "a newer build has written the data directory; use a newer build (\(message))",
                location: location)
        } else if message.contains("No space left") || message.contains("Disk quota") {
            code = .diskFull
        } else if message.hasPrefix("Corruption") {
            code = .corruption
        } else {
            code = .io
        }
        return LogError(code, "could not \(action): \(message)", location: location)
    }
}

/// Writes that are applied together.
struct WriteBatch: ~Copyable {
    fileprivate let handle: OpaquePointer

    init() { handle = rocksdb_writebatch_create() }
    deinit { rocksdb_writebatch_destroy(handle) }

    var isEmpty: Bool { rocksdb_writebatch_count(handle) == 0 }

    /// Bytes the batch will add to the log.
    var byteCount: Int {
        var count = 0
        _ = rocksdb_writebatch_data(handle, &count)
        return count
    }

    mutating func clear() { rocksdb_writebatch_clear(handle) }

    mutating func put(_ store: RocksStore, _ family: StoreFamily, _ key: [UInt8], _ value: [UInt8]) {
        value.withUnsafeBytes { put(store, family, key, $0) }
    }

    mutating func put(_ store: RocksStore, _ family: StoreFamily, _ key: [UInt8], _ value: UnsafeRawBufferPointer) {
        key.withUnsafeBytes { key in
            rocksdb_writebatch_put_cf(
                handle, store.handle(family),
                key.baseAddress?.assumingMemoryBound(to: CChar.self), key.count,
                value.baseAddress?.assumingMemoryBound(to: CChar.self), value.count)
        }
    }

    mutating func delete(_ store: RocksStore, _ family: StoreFamily, _ key: [UInt8]) {
        key.withUnsafeBytes { key in
            rocksdb_writebatch_delete_cf(
                handle, store.handle(family), key.baseAddress?.assumingMemoryBound(to: CChar.self), key.count)
        }
    }
}

extension RocksStore {
    fileprivate func handle(_ family: StoreFamily) -> OpaquePointer { families[family.rawValue] }
}

/// The store as it was at one moment. Used by one thread at a time.
final class RocksSnapshot: @unchecked Sendable {
    private let database: OpaquePointer
    private let snapshot: OpaquePointer
    fileprivate let readOptions: OpaquePointer
    fileprivate let scanOptions: OpaquePointer

    fileprivate init(_ database: OpaquePointer) {
        self.database = database
        snapshot = rocksdb_create_snapshot(database)
        readOptions = rocksdb_readoptions_create()
        scanOptions = rocksdb_readoptions_create()
        rocksdb_readoptions_set_fill_cache(scanOptions, 0)
        for options in [readOptions, scanOptions] { rocksdb_readoptions_set_snapshot(options, snapshot) }
    }

    deinit {
        rocksdb_readoptions_destroy(readOptions)
        rocksdb_readoptions_destroy(scanOptions)
        rocksdb_release_snapshot(database, snapshot)
    }
}
