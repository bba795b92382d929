import Glibc
import LogModel

/// The rule by age.
enum Retention {
    /// Entries before this moment are expired; nil without a rule.
    static func cutoff(_ options: Options, now: Timestamp = .now) -> Timestamp? {
        guard let age = options.retention else { return nil }
        let microseconds = Int64(age / .microseconds(1))
        return Timestamp(microseconds: now.microseconds - microseconds)
    }
}

extension Timestamp {
    /// The system's clock.
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
