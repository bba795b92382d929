import LogModel

/// Batches that are committed and not yet sealed, one value each:
///
///     received i64 | row count u32 | batch frame | crc32c u32
///
/// keyed by the commit sequence of their first entry. The batch frame is `LogModel`'s, as the agent sends it.
enum Staging {
    static func encode(frame: [UInt8], rowCount: Int, received: Int64) -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(frame.count + 16)
        writer.fixed(received)
        writer.fixed(UInt32(rowCount))
        writer.bytes.append(contentsOf: frame)
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    struct Staged {
        var sequence: UInt64
        var received: Int64
        var batch: Batch
    }

    /// Reads the batches from `sequence` on, in order.
    ///
    /// - Throws: `.corruption` when one does not read: it was acknowledged, so it is not passed over.
    static func forEach(
        from sequence: UInt64, store: RocksStore, _ body: (Staged) throws(LogError) -> Void
    ) throws(LogError) {
        var decompressor = ZstdDecompressor()
        try store.forEach(.staging, from: KeyLayout.staging(sequence)) { (key, value) throws(LogError) in
            let sequence = try KeyLayout.number(key)
            let location = "staged batch at sequence \(sequence)"
            let content = try Checksummed.open(value, location: location)
            var reader = ByteReader(content, location: location)
            let received: Int64 = try reader.fixed()
            let rowCount: UInt32 = try reader.fixed()
            let frame = try reader.raw(reader.remaining)
            let batch: Batch
            do {
                batch = try BatchFrame.decode(frame, using: &decompressor)
            } catch {
                throw LogError(.corruption, "the frame does not read: \(error)", location: location)
            }
            guard batch.count == Int(rowCount) else {
                throw LogError(.corruption, "\(batch.count) rows, \(rowCount) expected", location: location)
            }
            try body(Staged(sequence: sequence, received: received, batch: batch))
            return true
        }
    }

    /// Records in `batch` that everything before `sequence` is sealed, and deletes it from staging.
    static func remove(before sequence: UInt64, store: RocksStore, from batch: inout WriteBatch) throws(LogError) {
        var keys: [[UInt8]] = []
        let sealed = try sealedThrough(store)
        try store.forEach(.staging, from: KeyLayout.staging(sealed), to: KeyLayout.staging(sequence)) {
            (key, _) throws(LogError) in
            keys.append(Array(key))
            return true
        }
        for key in keys { batch.delete(store, .staging, key) }
        batch.put(store, .meta, KeyLayout.sealedThrough, KeyLayout.staging(sequence))
    }

    /// The first sequence that is not sealed.
    static func sealedThrough(_ store: RocksStore) throws(LogError) -> UInt64 {
        guard let bytes = try store.value(.meta, KeyLayout.sealedThrough) else { return 1 }
        return try KeyLayout.number(value: bytes)
    }
}
