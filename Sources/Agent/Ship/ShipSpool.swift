/// The state directory between its two users: the reader, which spools batches and waits for room, and the uploader,
/// which takes them in order.
actor ShipSpool: UploadSource {
    /// How many batches may wait on disk: enough that the next is ready when one is acknowledged, and no more.
    static let waitingCountMax = 4

    nonisolated let batches: AsyncStream<UploadBatch>
    nonisolated let boot: String
    /// The batches that an earlier run left, which go first.
    nonisolated let leftCount: Int
    private let executor: BlockingExecutor
    private let available: AsyncStream<UploadBatch>.Continuation
    private let store: ShipStore
    private var roomWaiter: CheckedContinuation<Void, Never>?
    private var isClosed = false
    /// Where batches were set aside, by reason of the server.
    private(set) var quarantinePaths: [String] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ store: sending ShipStore) {
        executor = BlockingExecutor(label: "logdb.ship.spool")
        (batches, available) = AsyncStream.makeStream(of: UploadBatch.self)
        boot = store.record.boot
        leftCount = store.spooled.count
        for entry in store.spooled { available.yield(entry.batch) }
        self.store = store
    }

    // MARK: The reader's side

    func position(of key: FilePosition.Key) -> FilePosition? { store.position(of: key) }

    /// Waits until another batch may be spooled.
    ///
    /// - Returns: False when the uploader has stopped and the reader should too.
    func awaitRoom() async -> Bool {
        while !isClosed, store.spooled.count >= ShipSpool.waitingCountMax {
            await withCheckedContinuation { roomWaiter = $0 }
        }
        return !isClosed
    }

    func spool(_ frame: [UInt8], entryCount: Int, position: FilePosition) throws(AgentError) {
        available.yield(try store.spool(frame, entryCount: entryCount, position: position))
    }

    func skip(to position: FilePosition) throws(AgentError) { try store.skip(to: position) }

    func appendRejected(_ lines: [UInt8]) throws(AgentError) { try store.appendRejected(lines) }

    /// Nothing more will be spooled.
    func finishInput() { available.finish() }

    // MARK: The uploader's side

    func frame(of batch: UploadBatch) throws(AgentError) -> [UInt8] { try store.frame(of: batch) }

    /// Files keep the times that are written in them, whatever clock those are from.
    func clockOffset(of batch: UploadBatch, serverStart: Int64) -> Int64? { nil }

    func advance(past batch: UploadBatch, receipt: UploadReceipt) throws(AgentError) {
        if receipt.rejectedCount > 0 {
            // The server kept the rest; which entries it refused only its words tell, so the batch is kept whole.
            quarantinePaths.append(try store.setAside(batch, status: 200, reason: receipt.rejectionDetail))
        }
        try leave(batch)
    }

    func quarantine(_ batch: UploadBatch, answer: UploadAnswer) throws(AgentError) {
        quarantinePaths.append(try store.setAside(batch, status: answer.status, reason: answer.detail))
        try leave(batch)
    }

    /// The uploader has stopped: what is spooled stays for the next run.
    func close() {
        isClosed = true
        resumeReader()
    }

    /// Both users have stopped: the directory may have another owner.
    func end() { store.end() }

    private func leave(_ batch: UploadBatch) throws(AgentError) {
        try store.acknowledge(batch)
        try store.removeSpooled(batch)
        resumeReader()
    }

    private func resumeReader() {
        roomWaiter?.resume()
        roomWaiter = nil
    }
}
