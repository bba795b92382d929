import LogModel

/// Decides which entries of a batch may come in.
enum EntryAdmission {
    /// Removes the entries that may not, and says why.
    ///
    /// - Parameter cutoff: Entries before it are expired; nil without a retention rule.
    /// - Returns: Also whether the batch is another than it was.
    static func refuse(
        _ batch: inout Batch, cutoff: Timestamp?
    ) -> (rejected: [AppendReceipt.Rejection], isChanged: Bool) {
        var rejected: [AppendReceipt.Rejection] = []
        for (index, time) in batch.times.enumerated() {
            if let cutoff, time < cutoff.microseconds {
                rejected.append(
                    .init(
                        index: index, code: "expired",
                        detail: "the entry's time is before \(cutoff), the oldest that the retention rule keeps"))
            } else if time == .max {
                rejected.append(
                    .init(
                        index: index, code: "invalid_time", detail: "the entry's time is past the last that can be kept"
                    ))
            }
        }
        let hadRepeatedKeys = keepLastOfRepeatedKeys(&batch)
        guard !rejected.isEmpty else { return ([], hadRepeatedKeys) }
        let indexes = Set(rejected.map(\.index))
        var kept = Batch()
        for index in 0..<batch.count where !indexes.contains(index) { kept.append(index, of: batch) }
        batch = kept
        return (rejected, true)
    }

    /// Of a context key that stands twice in an entry, the last value counts, as in the texts that entries come from:
    /// columns hold one value a row.
    ///
    /// - Returns: Whether there was one.
    private static func keepLastOfRepeatedKeys(_ batch: inout Batch) -> Bool {
        guard hasRepeatedKeys(batch) else { return false }
        var ends: [UInt32] = []
        var keys: [UInt32] = []
        var values = ByteColumn()
        for row in 0..<batch.count {
            let attributes = batch.contextRange(row)
            for attribute in attributes
            where !batch.contextKeys[(attribute + 1)..<attributes.upperBound].contains(batch.contextKeys[attribute]) {
                keys.append(batch.contextKeys[attribute])
                batch.contextValues.withBytes(attribute) { values.append($0) }
            }
            ends.append(UInt32(keys.count))
        }
        batch.contextEnds = ends
        batch.contextKeys = keys
        batch.contextValues = values
        return true
    }

    private static func hasRepeatedKeys(_ batch: Batch) -> Bool {
        // The row that had each key last, plus one.
        var lastRow = [Int](repeating: 0, count: batch.strings.count)
        for row in 0..<batch.count {
            for attribute in batch.contextRange(row) {
                let key = Int(batch.contextKeys[attribute])
                if lastRow[key] == row + 1 { return true }
                lastRow[key] = row + 1
            }
        }
        return false
    }
}

/// A hash of a batch's entries, whatever order its strings were met in.
enum BatchHash {
    static func hash(_ batch: Batch) -> UInt64 {
        var text = ByteWriter()
        for row in 0..<batch.count {
            text.fixed(batch.times[row])
            text.byte(batch.levels[row])
            for string in [
                batch.devices[row], batch.sessions[row], batch.modules[row], batch.loggers[row], batch.processes[row],
                batch.threads[row],
            ] {
                text.string(batch.strings[Int(string)])
            }
            text.string(batch.messages[row])
            for attribute in batch.contextRange(row) {
                text.string(batch.strings[Int(batch.contextKeys[attribute])])
                text.string(batch.contextValues[attribute])
            }
        }
        return text.bytes.withUnsafeBytes { ByteHash.hash($0) }
    }
}
