import LogDB
import LogModel

/// A log file of a session as bytes that are made as they are read, in the order of time, from one state of the store: read
/// twice it is the same.
struct RenderedLog: Sendable {
    private let store: LogStore
    private let filter: Filter
    private let snapshot: StoreSnapshot
    private let memory: QueryMemory

    init(
        _ file: SessionLogs.File, of session: SessionRecord, _ device: DeviceRecord, _ snapshot: StoreSnapshot,
        _ store: LogStore, _ memory: QueryMemory
    ) {
        self.store = store
        self.snapshot = snapshot
        self.memory = memory
        filter = SessionLogs.filter(session, device, module: file.module)
    }

    /// The bytes in pieces, until `take` wants no more.
    func read(_ take: ([UInt8]) async throws -> Bool) async throws {
        let request = ScanRequest(filter: filter, order: .oldestFirst, memoryByteCountMax: memory.byteCount)
        let writer = LogFileWriter()
        for try await rows in store.scan(request, in: snapshot) {
            var bytes: [UInt8] = []
            writer.append(rows, to: &bytes)
            guard try await take(bytes) else { return }
        }
    }

    /// Renders it once to know how long it is, and a tag that another content has not.
    func measure() async throws -> (byteCount: UInt64, tag: String) {
        let digest = OpenSSL.Digest()
        var count: UInt64 = 0
        try await read { bytes in
            bytes.withUnsafeBytes { digest.update($0) }
            count += UInt64(bytes.count)
            return true
        }
        return (count, AuditLog.hexadecimal(digest.finish()))
    }
}
