import Glibc
import LogModel

/// Reads the records of a segment from a place on, a piece of the file at a time. Bytes that are no record are passed
/// over to the next one.
struct SegmentScanner: ~Copyable {
    struct Record {
        var kind: SegmentFormat.Kind
        /// Where it starts in the file, and where the next one does.
        var offset: Int64
        var end: Int64
        var entryCount: Int
        var payload: [UInt8]
    }

    enum Item {
        case record(Record)
        /// So many bytes from there on are no record; a record or the end follows.
        case damage(offset: Int64, byteCount: Int64)
        case end
    }

    private static let pieceByteCount = 256 << 10

    let number: UInt64
    private let path: String
    private let file: Files.Descriptor
    /// Where the next item starts.
    private(set) var offset: Int64
    private let end: Int64
    private var buffer: [UInt8] = []
    private var bufferStart: Int64 = 0

    /// - Parameters:
    ///   - offset: Of a record; 0 for the first.
    ///   - end: Bytes of the file that count; nil for all.
    init(_ path: String, number: UInt64, from offset: Int64 = 0, end: Int64? = nil) throws(AgentError) {
        let file = try Files.openFile(path, O_RDONLY, doing: "read")
        let byteCount = try Files.byteCount(file.number, path: path)
        self.path = path
        self.number = number
        self.file = file
        self.end = min(end ?? byteCount, byteCount)
        self.offset = max(offset, Int64(SegmentFormat.headerByteCount))
    }

    /// Whether the file begins as a segment of that number and content does, of any version up to this build's.
    ///
    /// - Throws: `.formatTooNew` for a version that this build does not read; `.io`.
    mutating func hasHeader(_ content: SegmentFormat.Content) throws(AgentError) -> Bool {
        var expected = SegmentFormat.header(content, number: number)
        guard end >= Int64(expected.count) else { return false }
        let found = try bytes(at: 0, count: expected.count)
        if found[..<4].elementsEqual(SegmentFormat.magic), found[4] > SegmentFormat.version {
            throw AgentError(
                .formatTooNew, "\(path) was written by a newer logdb-agent (version \(found[4])); use that one")
        }
        if found[4] > 0 { expected[4] = found[4] }
        return found.elementsEqual(expected)
    }

    mutating func next() throws(AgentError) -> Item {
        guard offset < end else { return .end }
        if let record = try record(at: offset) {
            offset = record.end
            return .record(record)
        }
        let start = offset
        offset = try nextRecord(after: start)
        return .damage(offset: start, byteCount: offset - start)
    }

    /// The record there; nil where there is none that is whole and right.
    private mutating func record(at offset: Int64) throws(AgentError) -> Record? {
        let headerByteCount = SegmentFormat.recordHeaderByteCount
        guard end - offset >= Int64(headerByteCount) else { return nil }
        let header = try bytes(at: offset, count: headerByteCount)
        guard header[..<4].elementsEqual(SegmentFormat.recordMagic),
            let kind = SegmentFormat.Kind(rawValue: header[4])
        else { return nil }
        let entryCount = Int(SegmentScanner.number(header, at: 8))
        let payloadByteCount = Int(SegmentScanner.number(header, at: 12))
        let byteCount = headerByteCount + payloadByteCount
        guard payloadByteCount <= SegmentFormat.payloadByteCountMax, end - offset >= Int64(byteCount) else {
            return nil
        }
        let record = try bytes(at: offset, count: byteCount)
        let checksum = record.withUnsafeBytes { SegmentFormat.checksum($0, segment: number) }
        guard checksum == SegmentScanner.number(record, at: 16) else { return nil }
        return Record(
            kind: kind, offset: offset, end: offset + Int64(byteCount), entryCount: entryCount,
            payload: Array(record[headerByteCount...]))
    }

    /// Where the first record after `start` begins; the end where there is none.
    private mutating func nextRecord(after start: Int64) throws(AgentError) -> Int64 {
        var at = start + 1
        while at < end {
            let count = Int(min(Int64(SegmentScanner.pieceByteCount), end - at))
            let piece = try bytes(at: at, count: count)
            if let found = piece.firstRange(of: SegmentFormat.recordMagic) {
                let candidate = at + Int64(found.lowerBound)
                if try record(at: candidate) != nil { return candidate }
                at = candidate + 1
            } else {
                // The magic may lie across the border of two pieces.
                at += Int64(max(1, count - SegmentFormat.recordMagic.count + 1))
            }
        }
        return end
    }

    /// Bytes of the file, which has them.
    private mutating func bytes(at offset: Int64, count: Int) throws(AgentError) -> [UInt8] {
        if offset < bufferStart || offset + Int64(count) > bufferStart + Int64(buffer.count) {
            buffer.removeAll(keepingCapacity: true)
            bufferStart = offset
            while buffer.count < count {
                let wanted = max(count - buffer.count, SegmentScanner.pieceByteCount)
                let read = try Files.readPiece(
                    file.number, at: offset + Int64(buffer.count), byteCount: wanted, into: &buffer, path: path)
                if read == 0 { throw AgentError(.io, "\(path) became shorter while it was read") }
            }
        }
        let start = Int(offset - bufferStart)
        return Array(buffer[start..<start + count])
    }

    private static func number(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
}
