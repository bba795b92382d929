import HTTPTypes
import LogModel

extension HTTPField.Name {
    static let batchClockOffset = HTTPField.Name("X-Batch-Clock-Offset")!
}

/// Puts the times of a device right whose clock is wrong: `time` becomes the server's, and the attribute `device_time`
/// keeps what the device's clock said.
struct ClockCorrection {
    /// Smaller differences stay: clocks that are set over the network differ by as much on a bad day, and so does what
    /// is measured of them.
    static let offsetMin: Int64 = 5_000_000

    /// The device's clock less the server's, in microseconds.
    private let offset: Int64

    /// Nil: the times stay.
    ///
    /// - Throws: `Problem` 400 `invalid_clock_offset`.
    init?(_ labels: ReceivedBatch.Labels) throws(Problem) {
        guard let text = labels.clockOffset else { return nil }
        guard let offset = Int64(text) else {
            throw Problem.parameter(
                HTTPField.Name.batchClockOffset.rawName, "invalid_clock_offset",
                "X-Batch-Clock-Offset is how far the device's clock is ahead of the server's, in whole microseconds, not "
                    + "“\(text)”.")
        }
        guard offset.magnitude >= ClockCorrection.offsetMin.magnitude else { return nil }
        self.offset = offset
    }

    /// - Parameter receivedAt: The time that entries without one were given; theirs is the server's already.
    func apply(to body: inout IngestBody, receivedAt: Timestamp) {
        let name = body.batch.strings.intern(EntryJSONWriter.deviceTimeName)
        var attributes = ContextCopy(capacity: body.batch.contextKeys.count + body.batch.count)
        var text: [UInt8] = []
        for row in 0..<body.batch.count {
            attributes.copy(row, of: body.batch)
            let time = body.batch.times[row]
            if body.format == .frame || time != receivedAt.microseconds {
                text.removeAll(keepingCapacity: true)
                Timestamp(microseconds: time).appendText(to: &text)
                attributes.append(name, text)
                body.batch.times[row] = corrected(time)
            }
            attributes.endRow()
        }
        attributes.replaceContext(of: &body.batch)
        // It is no longer what is stored.
        body.frame = nil
    }

    private func corrected(_ time: Int64) -> Int64 {
        let (difference, isOverflow) = time.subtractingReportingOverflow(offset)
        // The last moment of all is no time.
        return isOverflow ? (offset > 0 ? .min : .max - 1) : min(difference, .max - 1)
    }
}

/// The context of a batch's entries, written anew entry by entry.
private struct ContextCopy {
    private var ends: [UInt32] = []
    private var keys: [UInt32] = []
    private var values = ByteColumn()

    init(capacity: Int) { keys.reserveCapacity(capacity) }

    mutating func copy(_ row: Int, of batch: Batch) {
        let attributes = batch.contextRange(row)
        keys += batch.contextKeys[attributes]
        values.append(attributes, of: batch.contextValues)
    }

    mutating func append(_ key: UInt32, _ value: [UInt8]) {
        keys.append(key)
        value.withUnsafeBytes { values.append($0) }
    }

    mutating func endRow() { ends.append(UInt32(keys.count)) }

    consuming func replaceContext(of batch: inout Batch) {
        batch.contextEnds = ends
        batch.contextKeys = keys
        batch.contextValues = values
    }
}
