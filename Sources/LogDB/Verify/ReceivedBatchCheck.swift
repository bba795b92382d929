import LogModel

/// Reads what is known of received batches, and the batches that are not sealed.
enum ReceivedBatchCheck {
    static func damages(_ store: RocksStore) throws(LogError) -> [VerificationReport.Damage] {
        var damages: [VerificationReport.Damage] = []
        try store.forEach(.batches, from: []) { (key, value) throws(LogError) in
            do throws(LogError) {
                // Of a boot's window and of one batch alike.
                _ = try Checksummed.open(value, location: "a record of a received batch")
            } catch {
                damages.append(.init(.batches, error.location ?? "", error.message))
            }
            return true
        }
        return damages
    }

    static func stagingDamages(_ store: RocksStore) throws(LogError) -> [VerificationReport.Damage] {
        do throws(LogError) {
            var next = try Staging.sealedThrough(store)
            try Staging.forEach(from: next, store: store) { (staged) throws(LogError) in
                guard staged.sequence >= next else {
                    throw LogError(.corruption, "two batches have the same sequence", location: "staging")
                }
                next = staged.sequence + UInt64(staged.batch.count)
            }
            return []
        } catch {
            guard error.isDamage else { throw error }
            return [.init(.staging, error.location ?? "staging", error.message)]
        }
    }
}
