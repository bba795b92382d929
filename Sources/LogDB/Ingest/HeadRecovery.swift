import LogModel

/// Rebuilds the head from staging when a store is opened.
enum HeadRecovery {
    /// - Returns: The head and the next commit sequence.
    static func recover(_ store: RocksStore) throws(LogError) -> (head: Head, nextSequence: UInt64) {
        let first = try Staging.sealedThrough(store)
        let head = Head(firstSequence: first)
        var next = first
        var resolver = StoredStreams(store)
        try Staging.forEach(from: first, store: store) { (staged) throws(LogError) in
            guard staged.sequence == next else {
                throw LogError(
                    .corruption, "staging goes from sequence \(next) to \(staged.sequence)", location: "staging")
            }
            let (streams, streamOfRow) = try resolver.resolve(staged.batch)
            head.append([
                Head.Addition(
                    batch: staged.batch, streams: streams, streamOfRow: streamOfRow, received: staged.received,
                    sequence: staged.sequence)
            ])
            next += UInt64(staged.batch.count)
        }
        return (head, next)
    }

    /// Numbers of streams that the tables are bound to have, since they were written with the batches.
    private struct StoredStreams {
        private let devices: Table<DeviceRecord>
        private let sessions: Table<SessionRecord>
        private var knownDevices: [[UInt8]: UInt32] = [:]
        private var knownSessions: [[UInt8]: UInt64] = [:]

        init(_ store: RocksStore) {
            devices = Table(store: store)
            sessions = Table(store: store)
        }

        mutating func resolve(_ batch: Batch) throws(LogError) -> ([ResolvedStream], [UInt32]) {
            var streams: [ResolvedStream] = []
            var streamOfRow: [UInt32] = []
            var known: [UInt64: UInt32] = [:]
            for row in 0..<batch.count {
                let pair = UInt64(batch.devices[row]) << 32 | UInt64(batch.sessions[row])
                if known[pair] == nil {
                    let device = try device(batch.strings[Int(batch.devices[row])])
                    let session = try session(batch.strings[Int(batch.sessions[row])], of: device)
                    known[pair] = UInt32(streams.count)
                    streams.append(ResolvedStream(device: device, session: session))
                }
                streamOfRow.append(known[pair]!)
            }
            return (streams, streamOfRow)
        }

        private mutating func device(_ dsn: [UInt8]) throws(LogError) -> UInt32 {
            if let number = knownDevices[dsn] { return number }
            guard let record = try devices.row(DeviceRecord.byDSN, dsn) else {
                throw LogError(.corruption, "a staged batch names a device that the table lacks", location: "staging")
            }
            knownDevices[dsn] = UInt32(record.id)
            return UInt32(record.id)
        }

        private mutating func session(_ name: [UInt8], of device: UInt32) throws(LogError) -> UInt64 {
            if name.isEmpty { return 0 }
            let key = SessionRecord.nameKey(device: UInt64(device), sessionID: name)
            if let number = knownSessions[key] { return number }
            guard let record = try sessions.row(SessionRecord.byName, key) else {
                throw LogError(.corruption, "a staged batch names a session that the table lacks", location: "staging")
            }
            knownSessions[key] = record.id
            return record.id
        }
    }
}
