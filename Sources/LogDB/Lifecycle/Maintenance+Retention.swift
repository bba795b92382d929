import LogModel
import Synchronization

/// How long entries are kept: what has expired goes, segments whole where all of each has, rewritten where some has.
extension Maintenance {
    func scheduleRetention() {
        guard ContinuousClock.now - retainedAt >= options.retentionCheckInterval else { return }
        retainedAt = .now
        let policy = retention.value
        guard !policy.rules.isEmpty || policy.byteCountMax != nil else { return }
        mergePool.submit { [self] in
            do throws(LogError) {
                try retain()
            } catch {
                if error.code != .cancelled { counters.add { $0.maintenanceFailures += 1 } }
            }
        }
    }

    /// Does what the policy asks for, on the merging thread, and removes what is gone for it.
    func applyRetention() async throws(LogError) {
        try await mergePool.run { [self] () throws(LogError) in
            if let cutoff = retention.cutoff() { try expire(before: cutoff) }
            try retain()
            for segment in toBeCold() {
                if isStopping.load(ordering: .relaxed) { throw LogError(.cancelled, "the store is closing") }
                if let damage = try merge([segment], isCold: true) { throw damage }
            }
        }
        try await sealPool.run { [self] () throws(LogError) in try removeRetired() }
    }

    /// Rewrites the segments that hold entries which have expired under a rule, all of each being past the rule's age; and
    /// deletes the oldest where there are too many bytes.
    private func retain() throws(LogError) {
        let policy = retention.value
        for (deletion, cutoff) in RetentionWork.expired(policy, at: .now) {
            for segment in view.snapshot().segments where segment.record.timeMax < cutoff.microseconds {
                if isStopping.load(ordering: .relaxed) { throw LogError(.cancelled, "the store is closing") }
                guard try holds(segment, deletion) else { continue }
                _ = try merge([segment], isCold: segment.record.coldKey != nil)
            }
        }
        if let bound = policy.byteCountMax {
            try retire(RetentionWork.surplus(view.snapshot().segments, byteCountMax: bound))
        }
    }

    /// Whether a segment has rows of the deletion: counted, as summaries may promise some that are not there.
    private func holds(_ segment: Segment, _ deletion: ActiveDeletion) throws(LogError) -> Bool {
        guard try mayHold(segment, [deletion]) else { return false }
        let request = AggregateRequest(filter: deletion.filter)
        var aggregator = Aggregator(
            environment, request, work: ParallelWork(pool: mergePool, width: 1), CancellationFlag())
        return (try aggregator.run(StoreView(heads: [], segments: [segment])).groups.first?.count ?? 0) > 0
    }

    /// Retires segments whose newest entry is before `cutoff`.
    func expire(before cutoff: Timestamp) throws(LogError) {
        try retire(view.snapshot().segments.filter { $0.record.timeMax < cutoff.microseconds })
    }

    /// Retires segments whole, and counts what their sessions lose.
    private func retire(_ expired: [Segment]) throws(LogError) {
        for segment in expired {
            var losses = SessionLossTally()
            do throws(LogError) {
                try losses.add(segment, environment)
            } catch {
                // What cannot be read goes all the same, and whose it was nobody can tell.
                guard error.code == .corruption else { throw error }
                counters.add { $0.maintenanceFailures += 1 }
                losses = SessionLossTally()
            }
            let isRetired = try manifest.replacing([segment]) { () throws(LogError) in
                var batch = WriteBatch()
                try losses.write(environment.store, in: &batch)
                FailPoint.expireCounted.reached()
                try manifest.commit(adding: [], retiring: [segment], with: &batch)
                FailPoint.expireCommitted.reached()
            }
            if isRetired { counters.add { $0.segmentsExpired += 1 } }
        }
    }
}
