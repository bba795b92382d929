/// Which batches of one boot of a device have been received: the sequences, as ranges.
///
/// A device that sends in order has one range however long it runs; out-of-order sequences make more, up to a bound. Past
/// it the oldest gap is given up: a batch of that gap can no longer be told from one that was received, and is refused as
/// expired rather than taken for a duplicate.
struct ReceivedSequences: Equatable {
    /// Ascending, with a gap between each and the next.
    private(set) var ranges: [ClosedRange<UInt64>] = []
    /// Sequences below this that are in no range may have been received.
    private(set) var unknownBelow: UInt64 = 0
    /// When a batch was last received, in microseconds since the epoch.
    var lastReceived: Int64 = 0

    /// Ranges that are kept: the first, which is the high-water mark, and the out-of-order ones.
    static let rangeCountMax = 4_097

    enum Answer: Equatable {
        case new
        case received
        case unknown
    }

    func answer(_ sequence: UInt64) -> Answer {
        if rangeIndex(of: sequence) != nil { return .received }
        return sequence < unknownBelow ? .unknown : .new
    }

    /// The last of the sequences received without a gap from the first: 1, or 0 where the device counts from 0. Nil when
    /// even that is missing.
    var acknowledgedThrough: UInt64? {
        guard let first = ranges.first, first.lowerBound <= 1 else { return nil }
        return first.upperBound
    }

    private func rangeIndex(of sequence: UInt64) -> Int? {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < sequence { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(sequence) ? low : nil
    }

    /// Adds a new sequence.
    ///
    /// - Returns: The sequence of a batch whose record is no longer needed, when a gap was given up.
    mutating func insert(_ sequence: UInt64) -> UInt64? {
        var index = ranges.count
        while index > 0, ranges[index - 1].lowerBound > sequence { index -= 1 }
        let joinsBefore = index > 0 && ranges[index - 1].upperBound &+ 1 == sequence
        let joinsAfter = index < ranges.count && sequence &+ 1 == ranges[index].lowerBound
        switch (joinsBefore, joinsAfter) {
        case (true, true):
            ranges[index - 1] = ranges[index - 1].lowerBound...ranges[index].upperBound
            ranges.remove(at: index)
        case (true, false): ranges[index - 1] = ranges[index - 1].lowerBound...sequence
        case (false, true): ranges[index] = sequence...ranges[index].upperBound
        case (false, false): ranges.insert(sequence...sequence, at: index)
        }
        guard ranges.count > ReceivedSequences.rangeCountMax else { return nil }
        let given = ranges.removeFirst()
        unknownBelow = ranges[0].lowerBound
        return given.upperBound
    }

    func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.signedVarint(lastReceived)
        writer.varint(unknownBelow)
        writer.varint(ranges.count)
        for range in ranges {
            writer.varint(range.lowerBound)
            writer.varint(range.upperBound - range.lowerBound)
        }
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    init() {}

    init(_ bytes: UnsafeRawBufferPointer) throws(LogError) {
        let location = "received sequences"
        var reader = ByteReader(try Checksummed.open(bytes, location: location), location: location)
        lastReceived = try reader.signedVarint()
        unknownBelow = try reader.varint()
        for _ in 0..<(try reader.count(max: ReceivedSequences.rangeCountMax)) {
            let low = try reader.varint()
            let (high, overflow) = low.addingReportingOverflow(try reader.varint())
            guard !overflow, ranges.last.map({ $0.upperBound < low }) ?? true else {
                throw reader.damaged("ranges out of order")
            }
            ranges.append(low...high)
        }
    }
}
