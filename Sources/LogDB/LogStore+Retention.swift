import LogModel

/// What a rule of a retention policy does to what is stored now.
public struct RetentionEffect: Sendable, Equatable {
    public enum Action: String, Sendable {
        case delete
        /// To the cold tier.
        case move
    }

    /// `rule 1`, …; `default` for entries that no rule is for; `cold_after`, `bytes_max`, `hot_bytes_max`.
    public var rule: String
    public var action: Action
    public var entryCount: UInt64
    /// What is freed, or moved: of whole segments exactly, of parts of some by their share of the entries.
    public var byteCount: UInt64
}

extension LogStore {
    /// The retention policy that holds now.
    public var retentionPolicy: RetentionPolicy { maintenance.retention.value }

    /// Sets the retention policy, which holds from now on and is remembered, whatever options the store is opened with.
    ///
    /// - Parameter change: Other changes of tables that are made in the same commit.
    /// - Throws: `.invalidArgument` for a policy with problems; `.io`, `.diskFull`, `.closed`.
    public func setRetentionPolicy(
        _ policy: RetentionPolicy,
        with change: @escaping @Sendable (TableEditor) throws(LogError) -> Void = { _ in }
    ) async throws(LogError) {
        let problems = policy.problems
        guard problems.isEmpty else { throw LogError(.invalidArgument, problems.joined(separator: "; ")) }
        try await editTables { (tables) throws(LogError) in
            if let before = try tables.row(StoredRetention.rowID, of: StoredRetention.self) {
                var after = before
                after.policy = policy
                try tables.update(after, replacing: before)
            } else {
                try tables.insert(StoredRetention(policy))
            }
            try change(tables)
        }
        maintenance.retention.set(policy)
    }

    /// What `policy` would do now.
    ///
    /// - Throws: `.invalidArgument` for a policy with problems; what counting throws.
    public func retentionEffects(_ policy: RetentionPolicy) async throws(LogError) -> [RetentionEffect] {
        let problems = policy.problems
        guard problems.isEmpty else { throw LogError(.invalidArgument, problems.joined(separator: "; ")) }
        let now = Timestamp.now
        let snapshot = snapshot()
        let segments = snapshot.view.segments
        let total = segments.reduce(UInt64(0)) { $0 + $1.record.rowCount }
        let bytes = segments.reduce(UInt64(0)) { $0 + RetentionWork.byteCount($1.record) }
        var effects: [RetentionEffect] = []
        for (index, expiry) in policy.expiries(at: now).enumerated() {
            guard let expiry else { continue }
            let count =
                try await aggregate(AggregateRequest(filter: expiry.filter), in: snapshot).groups.first?.count ?? 0
            let share = total == 0 ? 0 : Double(min(count, total)) / Double(total)
            effects.append(
                RetentionEffect(
                    rule: index == policy.rules.count ? "default" : "rule \(index + 1)", action: .delete,
                    entryCount: count, byteCount: UInt64(Double(bytes) * share)))
        }
        func add(_ rule: String, _ action: RetentionEffect.Action, _ segments: [Segment]) {
            effects.append(
                RetentionEffect(
                    rule: rule, action: action, entryCount: segments.reduce(0) { $0 + $1.record.rowCount },
                    byteCount: segments.reduce(0) { $0 + RetentionWork.byteCount($1.record) }))
        }
        let hot = segments.filter { $0.record.coldKey == nil }
        if let age = policy.coldAfter {
            let cutoff = now.microseconds - Int64(age / .microseconds(1))
            add("cold_after", .move, hot.filter { $0.record.timeMax < cutoff })
        }
        if let bound = policy.hotByteCountMax {
            add("hot_bytes_max", .move, RetentionWork.surplus(hot, byteCountMax: bound))
        }
        if let bound = policy.byteCountMax {
            add("bytes_max", .delete, RetentionWork.surplus(segments, byteCountMax: bound))
        }
        return effects
    }

    /// Applies the policy now, as maintenance does by itself now and then: deletes what has expired, and moves what is to go
    /// to the cold tier.
    public func applyRetention() async throws(LogError) {
        try checkOpen()
        try await maintenance.applyRetention()
    }
}
