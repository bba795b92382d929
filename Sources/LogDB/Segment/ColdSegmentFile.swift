import Glibc

/// Writes the object of a cold segment: a file of its own that holds all of the segment, so that what is in the cold store can
/// be read, and checked, without the data directory.
///
///     as `ColdLayout` says
///     templates, directory, census, each page of the index: u32 byte count | bytes
///     footer: the segment's record, checksummed
///     u32 byte count of the footer | u64 where the templates begin | SHA-256 of all before it | "LDBCOLD1"
///
/// Numbers are little-endian.
final class ColdSegmentFile {
    let path: String
    private let descriptor: Int32
    private let digest = Sha256()
    private var pending: [UInt8] = []
    private(set) var byteCount: UInt64 = 0

    private static let pendingByteCountMax = 1 << 20

    /// - Throws: `.io`, `.diskFull`.
    init(path: String) throws(LogError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ColdSegmentFile.systemError("make a cold segment", path) }
        try append(ColdLayout.magic)
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws(LogError) {
        pending += bytes
        byteCount += UInt64(bytes.count)
        if pending.count >= ColdSegmentFile.pendingByteCountMax { try flush() }
    }

    private func appendSized(_ bytes: [UInt8]) throws(LogError) {
        var writer = ByteWriter()
        writer.fixed(UInt32(bytes.count))
        try append(writer.bytes)
        try append(bytes)
    }

    private func flush() throws(LogError) {
        pending.withUnsafeBytes { digest.update($0) }
        try write(pending)
        pending.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: [UInt8]) throws(LogError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ColdSegmentFile.systemError("write a cold segment", path) }
            offset += count
        }
    }

    /// Ends the file.
    ///
    /// - Parameters:
    ///   - parts: Templates, directory, census and the pages of the index, as the hot store holds them.
    ///   - record: The segment's, without the object's size.
    /// - Returns: The file's SHA-256 up to its trailer.
    func finish(_ parts: [[UInt8]], record: SegmentRecord) throws(LogError) -> [UInt8] {
        let start = byteCount
        for part in parts { try appendSized(part) }
        let footer = record.encode()
        try append(footer)
        try flush()
        var trailer = ByteWriter()
        trailer.fixed(UInt32(footer.count))
        trailer.fixed(start)
        let hash = digest.finish()
        trailer.bytes += hash
        trailer.bytes += ColdLayout.magic
        try write(trailer.bytes)
        byteCount += UInt64(trailer.bytes.count)
        guard fsync(descriptor) == 0 else { throw ColdSegmentFile.systemError("sync a cold segment", path) }
        return hash
    }

    static let trailerByteCount = 12 + Sha256.byteCount + ColdLayout.magic.count

    private static func systemError(_ action: String, _ path: String) -> LogError {
        let code: LogError.Code = errno == ENOSPC || errno == EDQUOT ? .diskFull : .io
        return LogError(code, "could not \(action): \(String(cString: strerror(errno)))", location: path)
    }
}
