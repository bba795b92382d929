/// A batch as the log of batches has it; the layout is in `SegmentFormat`.
struct BatchRecord {
    var sequence: UInt64
    var boot: String
    /// Which entries are in batches, with this one.
    var after: SpoolProgress
    /// Whether it has urgent entries from before others.
    var isUrgent: Bool
    /// The bytes to send.
    var frame: [UInt8]

    init(sequence: UInt64, boot: String, after: SpoolProgress, isUrgent: Bool, frame: [UInt8]) {
        self.sequence = sequence
        self.boot = boot
        self.after = after
        self.isUrgent = isUrgent
        self.frame = frame
    }

    /// Nil for a record of another kind.
    init?(_ record: SegmentScanner.Record) {
        guard record.kind == .batch || record.kind == .batchVersion1 else { return nil }
        let read: BatchRecord? = record.payload.withUnsafeBytes { bytes in
            var reader = SpoolReader(bytes)
            do throws(SpoolReader.Malformed) {
                let sequence = try reader.fixed(UInt64.self)
                let boot = String(decoding: try reader.counted(), as: UTF8.self)
                var after = SpoolProgress(position: try SpoolPosition(&reader), urgentPosition: .start)
                var isUrgent = false
                if record.kind == .batch {
                    after.urgentPosition = try SpoolPosition(&reader)
                    isUrgent = try reader.byte() == 1
                }
                return BatchRecord(
                    sequence: sequence, boot: boot, after: after, isUrgent: isUrgent, frame: Array(reader.rest()))
            } catch {
                return nil
            }
        }
        guard let read else { return nil }
        self = read
    }

    /// Where its entries end.
    var end: SpoolPosition { isUrgent ? after.urgentPosition : after.position }

    func append(entryCount: Int, segment: UInt64, to bytes: inout [UInt8]) {
        SegmentFormat.append(.batch, entryCount: entryCount, segment: segment, to: &bytes) { payload in
            payload.append(fixed: sequence)
            payload.append(counted: Array(boot.utf8))
            after.position.append(to: &payload)
            after.urgentPosition.append(to: &payload)
            payload.append(isUrgent ? 1 : 0)
            payload += frame
        }
    }
}

/// How the log of batches stood.
struct BatchStateRecord {
    var boot: String
    var lastSequence: UInt64
    var acknowledgedSequence: UInt64
    /// Which entries are in batches, and which are in acknowledged ones.
    var progress: SpoolProgress
    var acknowledged: SpoolProgress

    init(
        boot: String, lastSequence: UInt64, acknowledgedSequence: UInt64, progress: SpoolProgress,
        acknowledged: SpoolProgress
    ) {
        self.boot = boot
        self.lastSequence = lastSequence
        self.acknowledgedSequence = acknowledgedSequence
        self.progress = progress
        self.acknowledged = acknowledged
    }

    /// Nil for a record of another kind.
    init?(_ record: SegmentScanner.Record) {
        guard record.kind == .state || record.kind == .stateVersion1 else { return nil }
        let read: BatchStateRecord? = record.payload.withUnsafeBytes { bytes in
            var reader = SpoolReader(bytes)
            do throws(SpoolReader.Malformed) {
                var state = BatchStateRecord(
                    boot: String(decoding: try reader.counted(), as: UTF8.self),
                    lastSequence: try reader.fixed(UInt64.self), acknowledgedSequence: try reader.fixed(UInt64.self),
                    progress: .start, acknowledged: .start)
                state.progress.position = try SpoolPosition(&reader)
                state.acknowledged.position = try SpoolPosition(&reader)
                if record.kind == .state {
                    state.progress.urgentPosition = try SpoolPosition(&reader)
                    state.acknowledged.urgentPosition = try SpoolPosition(&reader)
                }
                return state
            } catch {
                return nil
            }
        }
        guard let read else { return nil }
        self = read
    }

    func append(segment: UInt64, to bytes: inout [UInt8]) {
        SegmentFormat.append(.state, entryCount: 0, segment: segment, to: &bytes) { payload in
            payload.append(counted: Array(boot.utf8))
            payload.append(fixed: lastSequence)
            payload.append(fixed: acknowledgedSequence)
            progress.position.append(to: &payload)
            acknowledged.position.append(to: &payload)
            progress.urgentPosition.append(to: &payload)
            acknowledged.urgentPosition.append(to: &payload)
        }
    }
}
