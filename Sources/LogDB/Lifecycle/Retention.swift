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
