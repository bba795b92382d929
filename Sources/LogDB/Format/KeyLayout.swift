/// Keys of the key-value store. All numbers are big-endian, signed ones with their sign bit flipped, so that the order
/// of the bytes is the order of the numbers.
///
///     meta      "format-version" | "sealed-through" | "table-schema" | …
///     staging   sequence u64
///     blocks    day i32 | device u32 | session u64 | time i64 | block u64 | column u16
///     segments  'S' segment u64                      the segment's record
///               'D' segment u64                      its directory of blocks
///               'T' segment u64                      the templates of its messages
///               'C' segment u64                      its census: rows by minute and level, and by stream
///               'X' segment u64                      what was taken out of it because it did not read
///     postings  day i32 | segment u64 | page u32
///     tables    table u8 | 0 | id u64                a row
///               table u8 | index u8 | value… | id u64  an entry of a secondary index
///               table u8 | 255                       the table's next id
///     batches   device u32 | boot string | 0          the sequences received of a boot
///               device u32 | boot string | 1 | sequence u64   one batch's content hash
///
/// The day comes first so that a day's expiry drops whole files; then the stream, so that a session is one range.
enum KeyLayout {
    static let formatVersion = Array("format-version".utf8)
    /// The first commit sequence that no sealed segment holds; staging from it on is the head.
    static let sealedThrough = Array("sealed-through".utf8)
    static let nextSegment = Array("next-segment".utf8)
    static let nextBlock = Array("next-block".utf8)
    /// The directory of the cold tier, where it is not in the store's own.
    static let coldPlace = Array("cold-place".utf8)
    /// What the key is known by that objects are encrypted under.
    static let encryptionKey = Array("encryption-key".utf8)
    /// Which indexes the tables have.
    static let tableSchema = Array("table-schema".utf8)

    static func staging(_ sequence: UInt64) -> [UInt8] {
        var key = KeyWriter(capacity: 8)
        key.append(sequence)
        return key.bytes
    }

    static func column(_ block: BlockKey, _ column: UInt16) -> [UInt8] {
        var key = KeyWriter(capacity: 34)
        key.append(block.day)
        key.append(block.device)
        key.append(block.session)
        key.append(block.time)
        key.append(block.number)
        key.append(column)
        return key.bytes
    }

    /// The first key of a day in `blocks` and `postings`.
    static func day(_ day: Int32) -> [UInt8] {
        var key = KeyWriter(capacity: 4)
        key.append(day)
        return key.bytes
    }

    static let segmentRecordPrefix = UInt8(ascii: "S")
    static let segmentDirectoryPrefix = UInt8(ascii: "D")
    static let segmentTemplatesPrefix = UInt8(ascii: "T")
    static let segmentCensusPrefix = UInt8(ascii: "C")
    static let setAsidePrefix = UInt8(ascii: "X")

    static func segmentRecord(_ segment: UInt64) -> [UInt8] { prefixed(segmentRecordPrefix, segment) }
    static func segmentDirectory(_ segment: UInt64) -> [UInt8] { prefixed(segmentDirectoryPrefix, segment) }

    static func segmentTemplates(_ segment: UInt64) -> [UInt8] { prefixed(segmentTemplatesPrefix, segment) }
    static func segmentCensus(_ segment: UInt64) -> [UInt8] { prefixed(segmentCensusPrefix, segment) }

    /// What was taken out of a segment because it did not read.
    static func setAside(_ segment: UInt64) -> [UInt8] { prefixed(setAsidePrefix, segment) }

    private static func prefixed(_ prefix: UInt8, _ number: UInt64) -> [UInt8] {
        var key = KeyWriter(capacity: 9)
        key.append(prefix)
        key.append(number)
        return key.bytes
    }

    static func postings(day: Int32, segment: UInt64, page: UInt32) -> [UInt8] {
        var key = KeyWriter(capacity: 16)
        key.append(day)
        key.append(segment)
        key.append(page)
        return key.bytes
    }

    /// What identifies the batches of one boot of a device. The boot's text is escaped, so that no boot is another's
    /// prefix.
    static func boot(device: UInt32, boot: [UInt8]) -> [UInt8] {
        var key = KeyWriter(capacity: boot.count + 8)
        key.append(device)
        key.appendString(boot)
        return key.bytes
    }

    static func bootWindow(_ boot: [UInt8]) -> [UInt8] { boot + [0] }

    static func bootBatch(_ boot: [UInt8], _ sequence: UInt64) -> [UInt8] {
        var key = KeyWriter(bytes: boot)
        key.append(UInt8(1))
        key.append(sequence)
        return key.bytes
    }
}

extension KeyLayout {
    /// The first key past all that begin with `prefix`.
    static func end(of prefix: [UInt8]) -> [UInt8] {
        var end = prefix
        while let last = end.popLast() {
            if last < 0xff { return end + [last + 1] }
        }
        return [UInt8](repeating: 0xff, count: prefix.count + 1)
    }

    /// The number that a key ends with.
    ///
    /// - Throws: `.corruption` when the key is too short for one.
    static func number(_ key: UnsafeRawBufferPointer) throws(LogError) -> UInt64 {
        guard key.count >= 8 else { throw LogError(.corruption, "a key of \(key.count) bytes ends in no number") }
        return UInt64(bigEndian: key.loadUnaligned(fromByteOffset: key.count - 8, as: UInt64.self))
    }

    /// The number that is all of a value, as `staging` and `KeyWriter` write it.
    ///
    /// - Throws: `.corruption` when the value has another length.
    static func number(value: [UInt8]) throws(LogError) -> UInt64 {
        guard value.count == 8 else {
            throw LogError(.corruption, "a value of \(value.count) bytes where a number of 8 belongs")
        }
        return value.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A value that is a number and nothing else.
    static func number(_ value: UInt64) -> [UInt8] {
        var key = KeyWriter(capacity: 8)
        key.append(value)
        return key.bytes
    }
}

/// The place of a block among the blocks: that of its first row.
struct BlockKey: Hashable, Sendable {
    var day: Int32
    var device: UInt32
    var session: UInt64
    var time: Int64
    /// Unique in the store.
    var number: UInt64

    /// Names the block in errors.
    var location: String { "block \(number) of day \(day)" }
}

/// Appends numbers so that the order of the bytes is the order of the numbers.
struct KeyWriter {
    private(set) var bytes: [UInt8]

    init(capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func append<Number: UnsignedInteger & FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ value: Int32) { append(UInt32(bitPattern: value) ^ 1 << 31) }
    mutating func append(_ value: Int64) { append(UInt64(bitPattern: value) ^ 1 << 63) }

    /// A string that sorts before all it is a prefix of: its zero bytes become `00 FF`, its end is `00 00`.
    mutating func appendString(_ string: [UInt8]) {
        for byte in string {
            bytes.append(byte)
            if byte == 0 { bytes.append(0xff) }
        }
        bytes.append(0)
        bytes.append(0)
    }
}
