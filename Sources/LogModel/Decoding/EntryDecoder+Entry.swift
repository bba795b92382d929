/// Entries that come one by one, each in a message of its own.
extension EntryDecoder {
    /// Reads one entry, which is all of `bytes`: a JSON object, in which line ends are white space.
    ///
    /// The decoder may serve a stream that never ends: a refused entry is answered with and not added to `rejections`.
    ///
    /// - Parameter receivedAt: The time of the entry, if it has none.
    /// - Returns: Why it was refused; nil when it is in `batch`.
    public mutating func decodeEntry(_ bytes: UnsafeRawBufferPointer, receivedAt: Timestamp) -> Rejection? {
        builder.receivedAt = receivedAt
        defer { entryCount += 1 }
        do throws(EntryFailure) {
            try readEntry(bytes)
        } catch {
            rejectedCount += 1
            return Rejection(index: entryCount, line: nil, code: error.code.rawValue, detail: error.detail)
        }
        originalIndexes.append(entryCount)
        return nil
    }

    private mutating func readEntry(_ bytes: UnsafeRawBufferPointer) throws(EntryFailure) {
        guard bytes.count <= limits.lineByteCountMax else {
            throw EntryFailure(
                .lineTooLong, at: limits.lineByteCountMax, "an entry may have \(limits.lineByteCountMax) bytes")
        }
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            throw EntryFailure(.invalidJSON, at: 0, "expected an object, found the end")
        }
        var scanner = JSONScanner(base, from: 0, to: bytes.count, depthMax: limits.depthMax)
        scanner.skipByteOrderMark()
        scanner.skipSpace()
        try parser.readEntry(&scanner)
        scanner.skipSpace()
        guard scanner.at == bytes.count else { throw scanner.invalid("expected the end of the entry") }
        let failure = parser.scratch.withUnsafeBytes { scratch in
            builder.append(parser.entry, EntryBuilder.Source(bytes: base, scratch: scratch))
        }
        if let failure { throw failure }
    }
}
