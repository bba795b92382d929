import LogModel

/// The files of the spool. All numbers are little-endian; a varint is LEB128; text is UTF-8.
///
/// ```
/// segment: <its number, 20 digits>.log
/// offset size
///      0    4  magic "LGSP"
///      4    1  version, 2
///      5    1  what it holds: 1 entries, 2 batches
///      6    2  0
///      8    8  number of the segment
///     16       records, one after the other
///
/// record
///      0    4  magic "LGRC"
///      4    1  kind: 1 entries, 2 mark, 3 sum, 4 batch and 5 state of version 1, 6 batch, 7 state
///      5    3  0
///      8    4  entries in it
///     12    4  bytes of the payload
///     16    4  CRC-32C of the segment's number (8 bytes), of bytes 0 to 15 and of the payload
///     20       payload
///
/// payload, by kind; a string is a varint length and its bytes
///   entries  a byte: 1 where a mark follows, else 0; the mark: input and value, two strings; for each entry
///              a byte: the level, 0 to 4
///              8 bytes: the time in µs since the epoch
///              strings: device, session, module, logger, process, thread, message
///              varint count of attributes; for each its name and value, two strings
///   mark     input and value, two strings: carried over from the segments before
///   sum      five numbers of 4 bytes: how many entries of each level the segment has. Ends a segment.
///   batch    8 bytes: its sequence; string: its boot; the position and the urgent position that hold with it; a byte:
///            1 where its entries end at the urgent position, else 0; the batch frame, to the end. Kind 4 has neither
///            the urgent position nor the byte.
///   state    string: the boot; 8 bytes: the last sequence; 8 bytes: the last acknowledged sequence; the positions after
///            the last batch and after the last acknowledged one; the urgent positions after them. Kind 5 has no urgent
///            positions.
///
/// position  8 bytes: number of the segment; 8 bytes: offset of the record; 4 bytes: entries of it that lie before
/// ```
///
/// A record is written with one call and counts when its checksum is right, so a torn one is no record. The magic lets a
/// reader find the next record behind damage. The segment's number in the checksum keeps a record out of any other file.
///
/// Version 2 came with the urgent position, before which entries of level ERROR and FATAL are in batches (`SpoolProgress`).
/// Version 1 is read, and goes on as version 2 with the next segment; a newer one is refused. Any change of this layout is
/// another version; what changes in a payload is another kind, which the checksum covers as it does not the version.
enum SegmentFormat {
    static let magic: [UInt8] = Array("LGSP".utf8)
    static let version: UInt8 = 2
    static let headerByteCount = 16

    static let recordMagic: [UInt8] = Array("LGRC".utf8)
    static let recordHeaderByteCount = 20
    /// The longest payload that is believed: a `put` at its bound, or a batch, with room to spare.
    static let payloadByteCountMax = 16 << 20

    enum Content: UInt8 {
        case entries = 1
        case batches = 2
    }

    enum Kind: UInt8 {
        case entries = 1
        case mark = 2
        case sum = 3
        case batchVersion1 = 4
        case stateVersion1 = 5
        case batch = 6
        case state = 7
    }

    static func header(_ content: Content, number: UInt64) -> [UInt8] {
        var bytes = magic + [version, content.rawValue, 0, 0]
        bytes.append(fixed: number)
        return bytes
    }

    /// Appends a record whose payload `body` appends.
    static func append(
        _ kind: Kind, entryCount: Int, segment: UInt64, to bytes: inout [UInt8], _ body: (inout [UInt8]) -> Void
    ) {
        let start = bytes.count
        bytes.append(contentsOf: recordMagic)
        bytes.append(contentsOf: [kind.rawValue, 0, 0, 0])
        bytes.append(fixed: UInt32(entryCount))
        bytes.append(contentsOf: [0, 0, 0, 0, 0, 0, 0, 0])
        body(&bytes)
        bytes.set(fixed: UInt32(bytes.count - start - recordHeaderByteCount), at: start + 12)
        let sum = bytes.withUnsafeBytes { all in
            checksum(UnsafeRawBufferPointer(rebasing: all[start...]), segment: segment)
        }
        bytes.set(fixed: sum, at: start + 16)
    }

    /// Of a whole record.
    static func checksum(_ record: UnsafeRawBufferPointer, segment: UInt64) -> UInt32 {
        let number = withUnsafeBytes(of: segment.littleEndian) { Crc32c.checksum($0) }
        let header = Crc32c.checksum(UnsafeRawBufferPointer(rebasing: record[..<16]), seed: number)
        return Crc32c.checksum(UnsafeRawBufferPointer(rebasing: record[recordHeaderByteCount...]), seed: header)
    }

    static func name(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".log"
    }

    /// Nil for a file that is no segment.
    static func number(ofName name: String) -> UInt64? {
        guard let number = UInt64(name.prefix { $0 != "." }), self.name(number) == name else { return nil }
        return number
    }
}

/// A place between two entries of the spool. Later entries have later positions.
struct SpoolPosition: Hashable, Comparable, Codable, Sendable {
    /// The number of the segment.
    var segment: UInt64
    /// Of the record in the segment.
    var offset: Int64
    /// Entries of that record that lie before.
    var index: Int

    static let start = SpoolPosition(segment: 0, offset: 0, index: 0)

    /// The first place of a segment.
    static func start(of segment: UInt64) -> SpoolPosition {
        SpoolPosition(segment: segment, offset: Int64(SegmentFormat.headerByteCount), index: 0)
    }

    static func < (left: SpoolPosition, right: SpoolPosition) -> Bool {
        (left.segment, left.offset, left.index) < (right.segment, right.offset, right.index)
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(fixed: segment)
        bytes.append(fixed: offset)
        bytes.append(fixed: UInt32(index))
    }

    init(segment: UInt64, offset: Int64, index: Int) {
        self.segment = segment
        self.offset = offset
        self.index = index
    }

    init(_ reader: inout SpoolReader) throws(SpoolReader.Malformed) {
        segment = try reader.fixed(UInt64.self)
        offset = try reader.fixed(Int64.self)
        index = Int(try reader.fixed(UInt32.self))
    }
}
