import LogDB
import LogModel
import Synchronization

/// Requests that made something under an `Idempotency-Key`, so that one that is sent again is answered as the first was
/// and makes nothing. Remembered for a day, across restarts.
final class IdempotentRequests: Sendable {
    /// What a request with a key is to do.
    enum Verdict: Sendable {
        /// Go on; `finish` or `abandon` follows.
        case first
        /// Answer so.
        case again([UInt8])
        case refused(Problem)
    }

    fileprivate enum Entry {
        case underWay(bodyHash: [UInt8])
        case done(IdempotencyRecord)
    }

    fileprivate struct State {
        var entries: [[UInt8]: Entry] = [:]
        /// Of those that are done, the oldest first.
        var order: [[UInt8]] = []
    }

    /// Past this many the oldest are forgotten before their day is over.
    fileprivate static let countMax = 10_000
    private static let lifetime: Int64 = 86_400_000_000

    private let store: LogStore
    private let state: Mutex<State>

    init(_ store: LogStore) async throws(LogError) {
        self.store = store
        state = Mutex(
            try await store.readTables { (reader) throws(LogError) in
                var state = State()
                try reader.forEach(of: IdempotencyRecord.self) { (record) throws(LogError) in
                    state.entries[record.key] = .done(record)
                    state.order.append(record.key)
                    return true
                }
                return state
            })
    }

    func begin(_ key: [UInt8], bodyHash: [UInt8], now: Timestamp = .now) -> Verdict {
        state.withLock { state in
            switch state.entries[key] {
            case .underWay(let hash)?:
                return .refused(hash == bodyHash ? .idempotentUnderWay : .idempotencyKeyReused)
            case .done(let record)? where now.microseconds - record.created < IdempotentRequests.lifetime:
                guard record.bodyHash == bodyHash else { return .refused(.idempotencyKeyReused) }
                return record.answer.map { .again($0) } ?? .refused(.idempotentSecret)
            default:
                state.entries[key] = .underWay(bodyHash: bodyHash)
                return .first
            }
        }
    }

    /// The request failed, and made nothing.
    func abandon(_ key: [UInt8]) { state.withLock { $0.entries[key] = nil } }

    /// Remembers the answer.
    ///
    /// - Parameter isSecret: The answer is remembered in memory only.
    func finish(
        _ key: [UInt8], bodyHash: [UInt8], answer: [UInt8], isSecret: Bool, now: Timestamp = .now
    ) async throws(LogError) {
        var record = IdempotencyRecord(
            key: key, bodyHash: bodyHash, created: now.microseconds, answer: isSecret ? nil : answer)
        do throws(LogError) {
            record = try await store.editTables { [self, record] (editor) throws(LogError) in
                try self.record(record, in: editor)
            }
        } catch {
            abandon(key)
            throw error
        }
        didRecord(record, answer: answer)
    }

    /// Writes a row, and takes out those that are forgotten.
    func record(_ record: IdempotencyRecord, in editor: TableEditor) throws(LogError) -> IdempotencyRecord {
        let forgotten = state.withLock { state in state.forget(before: record.created - Self.lifetime) }
        for old in forgotten { try editor.delete(old) }
        return try editor.insert(record)
    }

    /// After the commit.
    func didRecord(_ record: IdempotencyRecord, answer: [UInt8]) {
        var record = record
        record.answer = answer
        state.withLock { [record] state in
            state.entries[record.key] = .done(record)
            state.order.append(record.key)
        }
    }
}

extension IdempotentRequests.State {
    /// Takes out what is too old, or too much.
    fileprivate mutating func forget(before time: Int64) -> [IdempotencyRecord] {
        var forgotten: [IdempotencyRecord] = []
        while let key = order.first {
            // A key that is used anew after its day has its old place in the order, too.
            guard case .done(let record)? = entries[key] else {
                order.removeFirst()
                continue
            }
            guard record.created < time || order.count >= IdempotentRequests.countMax else { break }
            order.removeFirst()
            entries[key] = nil
            forgotten.append(record)
        }
        return forgotten
    }
}

extension Problem {
    fileprivate static let idempotentUnderWay = Problem(
        409, "request_under_way", "The first request with this Idempotency-Key is still under way; try again.",
        retryAfterSeconds: 1)
    fileprivate static let idempotencyKeyReused = Problem(
        422, "idempotency_key_reused",
        "This Idempotency-Key came with another body before; a new request needs a new key.")
    fileprivate static let idempotentSecret = Problem(
        409, "already_created",
        "The first request with this Idempotency-Key made what it asked for, and the secret in its answer is not kept.")
}
