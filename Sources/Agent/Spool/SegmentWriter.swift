import Glibc

/// Appends records to a new segment. Belongs to one thread at a time.
final class SegmentWriter {
    let number: UInt64
    private let path: String
    private let file: Files.Descriptor
    /// Bytes that are in the file, whole records all of them.
    private(set) var byteCount: Int64 = 0
    /// Whether all of them are on disk.
    private(set) var isSynced = true

    /// Makes the file. On return it is on disk, with `records` in it.
    ///
    /// - Throws: `.diskFull` or `.io`; there is no file then.
    init(
        directory: String, number: UInt64, content: SegmentFormat.Content, records: [UInt8] = []
    ) throws(AgentError) {
        self.number = number
        path = directory + "/" + SegmentFormat.name(number)
        file = try Files.openFile(path, O_RDWR | O_CREAT | O_EXCL, doing: "make")
        do throws(AgentError) {
            try append(SegmentFormat.header(content, number: number) + records)
            try sync()
            try Files.syncDirectory(directory)
        } catch {
            try? Files.remove(path)
            throw error
        }
    }

    /// Appends whole records. They survive the process on return, and a loss of power after `sync`.
    ///
    /// - Throws: `.diskFull` or `.io`; the file has none of them then.
    func append(_ records: [UInt8]) throws(AgentError) {
        isSynced = false
        var written = 0
        while written < records.count {
            let count = records.withUnsafeBytes {
                pwrite(
                    file.number, $0.baseAddress! + written, records.count - written, off_t(byteCount) + off_t(written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let error = Files.failure("write", path)
                // Where even this fails the next records overwrite what is there, and a reader passes over the rest.
                ftruncate(file.number, off_t(byteCount))
                throw error
            }
            written += count
        }
        byteCount += Int64(records.count)
    }

    /// - Throws: `.io`. What was appended since the last sync may be lost then, and another sync would not tell.
    func sync() throws(AgentError) {
        if isSynced { return }
        try Files.sync(file.number, path: path)
        isSynced = true
    }
}
