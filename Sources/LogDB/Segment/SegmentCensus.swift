import LogModel

/// How many rows of a segment fall in each minute with each level, and in each stream: what counts and histograms over
/// whole segments are answered from.
///
/// Stored as one checksummed value of packed bytes:
///
///     stream count varint plus 1, or 0 when there are more than are listed
///     per stream, in order: device varint, session varint, rows varint
///     minute count varint
///     per minute that has rows, in order: minute of the day varint, rows of each of the five levels, varints
struct SegmentCensus: Sendable {
    struct Stream: Sendable, Equatable {
        var device: UInt32
        var session: UInt64
        var rows: UInt32
    }

    /// Nil where the segment has more than `streamCountMax`.
    var streams: [Stream]?
    /// The minutes that have rows, since the epoch, ascending.
    var minutes: [Int64] = []
    /// Rows of each level in each of the minutes, one minute after the other.
    var levelCounts: [UInt32] = []

    static let streamCountMax = 16_384
    static let microsecondsPerMinute: Int64 = 60_000_000
    static let minutesPerDay = 1_440
    static let levelCount = Level.allCases.count

    var byteCount: Int {
        (streams?.count ?? 0) * MemoryLayout<Stream>.stride + minutes.count * 8 + levelCounts.count * 4
    }

    /// Whether the segment has rows of a stream; true when that is not known.
    func mayContain(device: UInt32, session: UInt64) -> Bool {
        guard let streams else { return true }
        var low = 0
        var high = streams.count
        while low < high {
            let middle = (low + high) / 2
            if (streams[middle].device, streams[middle].session) < (device, session) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < streams.count && streams[low].device == device && streams[low].session == session
    }

    func encode(day: Int32, level: Int) -> [UInt8] {
        var inner = ByteWriter()
        if let streams {
            inner.varint(streams.count + 1)
            for stream in streams {
                inner.varint(stream.device)
                inner.varint(stream.session)
                inner.varint(stream.rows)
            }
        } else {
            inner.varint(0)
        }
        inner.varint(minutes.count)
        for (index, minute) in minutes.enumerated() {
            inner.varint(Int(minute - Int64(day) * Int64(SegmentCensus.minutesPerDay)))
            for level in 0..<SegmentCensus.levelCount {
                inner.varint(levelCounts[index * SegmentCensus.levelCount + level])
            }
        }
        var compressor = ZstdCompressor()
        var writer = ByteWriter()
        inner.bytes.withUnsafeBytes {
            PackedBytes.encode($0, level: level, compressor: &compressor, into: &writer)
        }
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    static func decode(
        _ bytes: UnsafeRawBufferPointer, day: Int32, segment: UInt64
    ) throws(LogError) -> SegmentCensus {
        let location = "census of segment \(segment)"
        var outer = ByteReader(try Checksummed.open(bytes, location: location), location: location)
        var decompressor = ZstdDecompressor()
        let unpacked = try PackedBytes.decode(&outer, max: 16 << 20, decompressor: &decompressor)
        var reader = ByteReader(UnsafeRawBufferPointer(unpacked.view), location: location)
        var census = SegmentCensus()
        let streamCount = try reader.count(max: streamCountMax + 1)
        if streamCount > 0 {
            var streams: [Stream] = []
            for _ in 1..<streamCount {
                streams.append(
                    Stream(
                        device: UInt32(truncatingIfNeeded: try reader.varint()), session: try reader.varint(),
                        rows: UInt32(truncatingIfNeeded: try reader.varint())))
            }
            census.streams = streams
        }
        for _ in 0..<(try reader.count(max: minutesPerDay)) {
            let minute = try reader.count(max: minutesPerDay - 1)
            census.minutes.append(Int64(day) * Int64(minutesPerDay) + Int64(minute))
            for _ in 0..<levelCount { census.levelCounts.append(UInt32(truncatingIfNeeded: try reader.varint())) }
        }
        return census
    }
}

/// Counts the rows of a segment as its blocks are written.
struct SegmentCensusBuilder {
    private let day: Int32
    private var counts = [UInt32](repeating: 0, count: SegmentCensus.minutesPerDay * SegmentCensus.levelCount)
    private var streams: [SegmentCensus.Stream]? = []

    init(day: Int32) { self.day = day }

    /// - Parameter rows: Of the segment's day, in the order of their streams, after those of earlier calls.
    mutating func add(_ rows: borrowing GatheredRows) {
        let firstTime = Int64(day) &* Timestamp.microsecondsPerDay
        counts.withUnsafeMutableBufferPointer { counts in
            for row in 0..<rows.count {
                // Within the day, and so not before its first moment.
                let minute = (rows.times[row] &- firstTime) / SegmentCensus.microsecondsPerMinute
                counts[Int(minute) * SegmentCensus.levelCount + Int(rows.levels[row])] += 1
            }
        }
        for run in rows.runs { add(run) }
    }

    private mutating func add(_ run: StreamRun) {
        guard streams != nil else { return }
        let rowCount = UInt32(run.rows.count)
        if let last = streams!.last, last.device == run.device, last.session == run.session {
            streams![streams!.count - 1].rows += rowCount
        } else if streams!.count < SegmentCensus.streamCountMax {
            streams!.append(SegmentCensus.Stream(device: run.device, session: run.session, rows: rowCount))
        } else {
            streams = nil
        }
    }

    func finish() -> SegmentCensus {
        var census = SegmentCensus(streams: streams)
        let width = SegmentCensus.levelCount
        for minute in 0..<SegmentCensus.minutesPerDay {
            let ofMinute = counts[(minute * width)..<(minute * width + width)]
            guard ofMinute.contains(where: { $0 > 0 }) else { continue }
            census.minutes.append(Int64(day) * Int64(SegmentCensus.minutesPerDay) + Int64(minute))
            census.levelCounts += ofMinute
        }
        return census
    }
}
