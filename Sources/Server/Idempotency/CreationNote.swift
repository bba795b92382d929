import LogDB
import LogModel
import Synchronization

/// Records a request under its `Idempotency-Key` in the commit of what it makes; without a key it records nothing.
final class CreationNote: Sendable {
    private let requests: IdempotentRequests?
    private let key: [UInt8]
    private let bodyHash: [UInt8]
    private let record = Mutex<IdempotencyRecord?>(nil)

    init() {
        requests = nil
        key = []
        bodyHash = []
    }

    init(_ requests: IdempotentRequests, key: [UInt8], bodyHash: [UInt8]) {
        self.requests = requests
        self.key = key
        self.bodyHash = bodyHash
    }

    /// What was recorded; it is stored once the edit is.
    var recorded: IdempotencyRecord? { record.withLock { $0 } }

    /// - Parameter answer: Nil for one with a secret, which is not kept.
    func record(_ answer: [UInt8]?, in editor: TableEditor) throws(LogError) {
        guard let requests else { return }
        let made = try requests.record(
            IdempotencyRecord(key: key, bodyHash: bodyHash, created: Timestamp.now.microseconds, answer: answer),
            in: editor)
        record.withLock { $0 = made }
    }
}
