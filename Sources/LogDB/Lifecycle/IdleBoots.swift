import LogModel

/// Drops the de-duplication records of boots that have long sent nothing.
enum IdleBoots {
    /// How long a silent boot's sequences are remembered.
    static let idleDaysMax: Int64 = 90

    /// A device whose boot is forgotten while it sleeps would have its old batches stored again; after `idleDaysMax` that
    /// is taken for a new beginning.
    static func forget(_ store: RocksStore, before now: Timestamp) throws(LogError) {
        let cutoff = now.microseconds - idleDaysMax * Timestamp.microsecondsPerDay
        var idle: [[UInt8]] = []
        try store.forEach(.batches, from: []) { (key, value) throws(LogError) in
            // A window's key ends in 0 after the boot's own 0, 0; a batch's ends in its sequence.
            guard let boot = windowBoot(key) else { return true }
            if try ReceivedSequences(value).lastReceived < cutoff { idle.append(boot) }
            return true
        }
        for boot in idle {
            var batch = WriteBatch()
            try store.forEach(.batches, from: boot, to: KeyLayout.end(of: boot)) { (key, _) throws(LogError) in
                batch.delete(store, .batches, Array(key))
                return true
            }
            try store.write(batch, synced: false)
        }
    }

    /// The boot's key, if `key` is that of its window: the escaped text is followed by one byte, 0.
    private static func windowBoot(_ key: UnsafeRawBufferPointer) -> [UInt8]? {
        var index = 4
        while index + 1 < key.count {
            if key[index] == 0 {
                if key[index + 1] == 0 {
                    return index + 3 == key.count && key[index + 2] == 0 ? Array(key[..<(index + 2)]) : nil
                }
                index += 1
            }
            index += 1
        }
        return nil
    }
}
