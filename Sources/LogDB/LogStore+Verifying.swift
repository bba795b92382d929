extension LogStore {
    /// Reads all of the store: every checksum, every column of every block, the objects of the cold tier; and holds what is
    /// known of blocks, the index and the tables against what is stored. Queries and ingest go on meanwhile.
    ///
    /// Tables of whoever embeds the store are read, and not held against their indexes: `TableReader.problems` does that.
    ///
    /// - Parameters:
    ///   - isRepairing: Whether what can be made again is, and what does not read is set aside and counted.
    ///   - progress: Called now and then with how much is done, 0 to 1, and what is being done.
    /// - Throws: `.cancelled`, `.closed`; `.io` and `.diskFull` when a repair cannot be written. Damage is not thrown.
    public func verify(
        isRepairing: Bool = false, progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) async throws(LogError) -> VerificationReport {
        try checkOpen()
        var report = VerificationReport()
        progress(0, "reading files")
        for file in store.tableFiles {
            report.fileCount += 1
            let problem = try await scans.run { () throws(LogError) in TableFileCheck.problem(file) }
            if let problem { report.add(.init(.file, file, problem)) }
        }
        progress(0.1, "reading tables")
        report.add(try await verifyTables(isRepairing: isRepairing))
        let store = store
        report.add(
            try await scans.run { () throws(LogError) in
                let batches: [VerificationReport.Damage]
                do throws(LogError) {
                    batches = try ReceivedBatchCheck.damages(store)
                } catch {
                    guard error.isDamage else { throw error }
                    batches = [.init(.batches, error.location ?? "", error.message)]
                }
                return try ReceivedBatchCheck.stagingDamages(store) + batches
            })
        // Those of now: what comes later was written by this process, and what goes was read for it.
        let segments = view.snapshot().segments.sorted { $0.record.id < $1.record.id }
        for (index, segment) in segments.enumerated() {
            progress(0.2 + 0.8 * Double(index) / Double(segments.count), "segment \(index + 1) of \(segments.count)")
            try await verify(segment, isRepairing: isRepairing, &report)
        }
        progress(1, "done")
        return report
    }

    private func verify(
        _ segment: Segment, isRepairing: Bool, _ report: inout VerificationReport
    ) async throws(LogError) {
        let environment = environment
        let outcome = try await scans.run { [isClosing = closing] () throws(LogError) in
            try SegmentCheck.run(segment, environment, isCancelled: isClosing)
        }
        report.segmentCount += 1
        report.blockCount += outcome.blockCount
        report.entryCount += outcome.entryCount
        if segment.record.coldKey != nil { report.objectCount += 1 }
        guard isRepairing, !outcome.damages.isEmpty else { return report.add(outcome.damages) }
        report.add(
            try await maintenance.replacing { (repair) throws(LogError) in try repair.repair(segment, outcome) })
    }

    private func verifyTables(isRepairing: Bool) async throws(LogError) -> [VerificationReport.Damage] {
        do throws(LogError) {
            let problems = try await checkTables()
            guard isRepairing, !problems.isEmpty else { return problems.map { .init(.table, "tables", $0) } }
            try await editTables { (tables) throws(LogError) in
                _ = try tables.rebuildIndexes(of: DeviceRecord.self)
                _ = try tables.rebuildIndexes(of: SessionRecord.self)
                _ = try tables.rebuildIndexes(of: Deletion.self)
            }
            let left = Set(try await checkTables())
            return problems.map { .init(.table, "tables", $0, remedy: left.contains($0) ? .none : .rebuilt) }
        } catch {
            guard error.isDamage else { throw error }
            return [.init(.table, error.location ?? "tables", error.message)]
        }
    }

    /// Whether a directory holds a store, or what is left of one.
    public static func isPresent(at directory: String) -> Bool {
        DirectoryListing.names(directory).contains {
            $0 == "CURRENT" || $0.hasPrefix("MANIFEST-") || $0.hasSuffix(".sst") || $0.hasSuffix(".log")
        }
    }

    /// Entries that verification has set aside, ever.
    func setAside() throws(LogError) -> [SetAsideRecord] { try SetAsideRecord.all(store) }
}
