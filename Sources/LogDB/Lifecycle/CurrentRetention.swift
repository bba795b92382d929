import LogModel
import Synchronization

/// The retention policy that holds now: the one that was set, or the options' where none was.
final class CurrentRetention: Sendable {
    private let policy: Mutex<RetentionPolicy>

    init(_ store: RocksStore, options: Options) throws(LogError) {
        let stored = try Table<StoredRetention>(store: store).row(StoredRetention.rowID)
        policy = Mutex(stored?.policy ?? CurrentRetention.policy(options))
    }

    /// The options' own.
    init(_ options: Options) { policy = Mutex(CurrentRetention.policy(options)) }

    private static func policy(_ options: Options) -> RetentionPolicy {
        var policy = RetentionPolicy()
        policy.coldAfter = options.coldAge
        policy.deleteAfter = options.retention
        return policy
    }

    var value: RetentionPolicy { policy.withLock { $0 } }

    func set(_ new: RetentionPolicy) { policy.withLock { $0 = new } }

    /// Entries before this moment are expired whatever rule is for them; nil where some are kept for ever.
    func cutoff(at now: Timestamp = .now) -> Timestamp? {
        value.deleteAfterMax.map { Timestamp(microseconds: now.microseconds - Int64($0 / .microseconds(1))) }
    }
}
