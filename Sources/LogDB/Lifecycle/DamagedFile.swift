import Glibc

/// What did not read of a segment, as it was stored: a file of the directory `damaged`, for whoever can make something of it.
///
///     "LDBDMG1\n", then each value:
///     u8 the family's number | u32 bytes of the key | u32 bytes of the value | key | value
///
/// Numbers are little-endian.
final class DamagedFile {
    private let path: String
    private let descriptor: Int32

    private static let magic = Array("LDBDMG1\n".utf8)

    /// - Throws: `.io`, `.diskFull`.
    init(_ storePath: String, segment: UInt64) throws(LogError) {
        let directory = storePath + "/damaged"
        if mkdir(directory, 0o700) != 0, errno != EEXIST { throw DamagedFile.failure(directory) }
        path = "\(directory)/segment-\(segment).values"
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DamagedFile.failure(path) }
        try write(DamagedFile.magic)
    }

    deinit { close(descriptor) }

    /// Adds the columns of a block, as far as they can be had at all.
    func add(
        _ environment: ScanEnvironment, _ segment: Segment, _ block: Int, _ summary: BlockSummary
    ) throws(LogError) {
        let source = environment.source(of: segment, block: block, summary)
        for (id, _) in summary.storedColumns {
            var stored: [UInt8]?
            try? source.withColumn(id) { (bytes) throws(LogError) in stored = Array(bytes) }
            if let stored { try add(.blocks, KeyLayout.column(summary.key, id.rawValue), stored) }
        }
    }

    /// Adds all that the hot store has of a segment, as far as it can be had.
    func addAll(of record: SegmentRecord, _ store: RocksStore) throws(LogError) {
        for key in [
            KeyLayout.segmentRecord(record.id), KeyLayout.segmentDirectory(record.id),
            KeyLayout.segmentTemplates(record.id), KeyLayout.segmentCensus(record.id),
        ] {
            if let value = try? store.value(.segments, key) { try add(.segments, key, value) }
        }
        var failure: LogError?
        let prefix = KeyLayout.day(record.day)
        try? store.forEach(.blocks, from: prefix, to: KeyLayout.end(of: prefix)) { (key, value) throws(LogError) in
            // The block's number stands before the column's.
            let number = try KeyLayout.number(UnsafeRawBufferPointer(rebasing: key.dropLast(2)))
            guard record.blockNumbers.contains(number) else { return true }
            do throws(LogError) { try add(.blocks, Array(key), Array(value)) } catch { failure = error }
            return failure == nil
        }
        if let failure { throw failure }
    }

    private func add(_ family: StoreFamily, _ key: [UInt8], _ value: [UInt8]) throws(LogError) {
        var writer = ByteWriter()
        writer.byte(UInt8(family.rawValue))
        writer.fixed(UInt32(key.count))
        writer.fixed(UInt32(value.count))
        try write(writer.bytes + key + value)
    }

    private func write(_ bytes: [UInt8]) throws(LogError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DamagedFile.failure(path) }
            offset += count
        }
    }

    /// Makes the file durable.
    func finish() throws(LogError) {
        guard fsync(descriptor) == 0 else { throw DamagedFile.failure(path) }
    }

    private static func failure(_ path: String) -> LogError {
        LogError(
            errno == ENOSPC || errno == EDQUOT ? .diskFull : .io,
            "could not set damaged bytes aside: \(String(cString: strerror(errno)))", location: path)
    }
}
