/// Keeps batches until the server has them.
public protocol UploadSource: Sendable {
    /// Every batch that is not acknowledged yet, in order, those of earlier runs first; ends when none will follow.
    /// Read once.
    var batches: AsyncStream<UploadBatch> { get }

    /// The bytes to send: the same each time.
    func frame(of batch: UploadBatch) async throws(AgentError) -> [UInt8]

    /// How far the device's clock was ahead of the server's when the batch's entries came, in microseconds; nil where that
    /// is not known.
    ///
    /// - Parameter serverStart: When the device was started, by the server's clock.
    func clockOffset(of batch: UploadBatch, serverStart: Int64) async -> Int64?

    /// The server has the batch. Returns when that is on disk.
    func advance(past batch: UploadBatch, receipt: UploadReceipt) async throws(AgentError)

    /// The server will never take the batch. Returns when it is set aside with the reason, on disk.
    func quarantine(_ batch: UploadBatch, answer: UploadAnswer) async throws(AgentError)
}
