import Glibc
import LogModel

extension LogStore {
    /// Seals the head, merges small segments into full ones, removes what nothing reads any more and rewrites RocksDB's
    /// files so that the space is free.
    ///
    /// - Parameter progress: Called now and then with how much is done, 0 to 1, and what is being done.
    public func compact(
        progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) async throws(LogError) {
        try checkOpen()
        progress(0, "sealing the head")
        try await sealHead()
        try await maintenance.mergeAll { done, detail in progress(0.1 + done * 0.7, detail) }
        progress(0.8, "rewriting files")
        let store = store
        try await scans.run { () throws(LogError) in
            for family in StoreFamily.allCases {
                try store.flush(family)
                store.compact(family)
            }
        }
        progress(1, "done")
    }

    /// Moves what is old to the cold tier: seals the head and merges first, so that it is moved once.
    ///
    /// - Parameters:
    ///   - age: Segments go whose newest entry is at least as old.
    ///   - progress: Called now and then with how much is done, 0 to 1, and what is being done.
    /// - Throws: `.unreachable` when the cold tier cannot be written; `.corruption` when a segment is damaged, after all
    ///   others have gone; `.diskFull`, `.closed`.
    public func tier(
        olderThan age: Duration, progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) async throws(LogError) {
        try checkOpen()
        progress(0, "sealing the head")
        try await sealHead()
        try await maintenance.mergeAll { done, detail in progress(done * 0.3, detail) }
        let now = Timestamp.now
        try await maintenance.tier(
            before: Timestamp(microseconds: now.microseconds - Int64(age / .microseconds(1))),
            arrivedBefore: Timestamp(microseconds: .max)
        ) { done, detail in progress(0.3 + done * 0.6, detail) }
        progress(0.9, "rewriting files")
        let store = store
        try await scans.run { () throws(LogError) in
            for family in [StoreFamily.blocks, .postings] {
                try store.flush(family)
                store.compact(family)
            }
        }
        progress(1, "done")
    }

    /// Seals what is in memory now and waits for it.
    func sealHead() async throws(LogError) {
        let target = view.snapshot().heads.last?.endSequence ?? 0
        while let first = view.snapshot().heads.first, first.rowCount > 0, first.firstSequence < target {
            if let failed = commits.failed { throw failed }
            try checkOpen()
            commits.requestSeal()
            await maintenance.waitForSealing()
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    /// What the store holds and what it costs.
    public func storageReport() async throws(LogError) -> StorageReport {
        try checkOpen()
        let view = view.snapshot()
        let store = store
        let (directory, encryptionKey) = (directory, encryptionKeyID)
        return try await scans.run { () throws(LogError) in
            var report = StorageReport()
            report.encryptionKey = encryptionKey
            var columns: [String: UInt64] = [:]
            for segment in view.segments {
                let record = segment.record
                report.segments += 1
                let tier = record.coldKey == nil ? \StorageReport.hot : \.cold
                report[keyPath: tier].entries += record.rowCount
                report[keyPath: tier].blocks += UInt64(record.blockCount)
                report[keyPath: tier].bytes += record.coldKey == nil ? record.byteCount : record.coldByteCount
                report[keyPath: tier].rawBytes += record.rawByteCount
                // Columns of the cold tier are not on this disk; what is known of them is.
                if record.coldKey == nil {
                    for (column, bytes) in record.columnByteCounts {
                        columns[ColumnID(rawValue: column).name, default: 0] += bytes
                    }
                }
                columns["directory", default: 0] += record.directoryByteCount
                columns["message_templates", default: 0] += record.templateByteCount
                columns["census", default: 0] += record.censusByteCount
                columns["word_index", default: 0] += record.postingByteCount
            }
            for head in view.heads {
                report.headRows += UInt64(head.rowCount)
                report.headBytes += UInt64(head.byteCount)
            }
            report.hot.entries += report.headRows
            report.columns = columns.map { .init(name: $0.key, bytes: $0.value) }
                .sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
            for family in StoreFamily.allCases {
                for name in [
                    "total-sst-files-size", "live-sst-files-size", "cur-size-all-mem-tables", "estimate-num-keys",
                ] {
                    if let value = store.property("rocksdb.\(name)", of: family) {
                        report.rocksdb.append(.init(name: "\(family.name).\(name)", value: value))
                    }
                }
            }
            report.setAsideEntries = try SetAsideRecord.all(store).reduce(0) { $0 + $1.rowCount }
            report.directoryBytes = DirectorySize.byteCount(of: directory)
            return report
        }
    }

    /// Compares the tables with their indexes.
    ///
    /// - Returns: A sentence for each contradiction; empty when there is none.
    public func checkTables() async throws(LogError) -> [String] {
        try checkOpen()
        let store = store
        return try await scans.run { () throws(LogError) in try TableCheck.problems(store) }
    }
}
