import LogDB
import LogModel

/// Where an answer ended, so that the next one goes on there. It holds all it needs and nothing is kept for it: it
/// stays valid across restarts.
public struct Cursor: Hashable, Sendable {
    enum Position: Hashable, Sendable {
        /// After this entry. `remaining`: how many rows the pipes still allow; nil: no bound. `sequenceMax`: entries
        /// committed later than this one take no part, so that a sorted answer stays what it was.
        case entry(EntryKey, remaining: Int?, sequenceMax: UInt64?)
        /// After this many rows of what the same entries give again.
        case row(Int, sequenceMax: UInt64)
    }

    /// The effective range of the first answer.
    var range: TimeRange
    var order: ScanOrder
    /// A hash of the query's text and the caller's filters: a cursor fits only the query it came from.
    var queryHash: UInt64
    var position: Position

    init(range: TimeRange, order: ScanOrder, queryHash: UInt64, position: Position) {
        self.range = range
        self.order = order
        self.queryHash = queryHash
        self.position = position
    }

    static func hash(of text: String, _ filters: [Filter]) -> UInt64 {
        let bytes = Array((filters.isEmpty ? text : "\(text)\0\(filters)").utf8)
        return bytes.withUnsafeBytes { ByteHash.hash($0) }
    }

    // Text: base64url of
    //   version 1 | kind 1 | order 1 | flags 1 | since 8 | until 8 | query hash 8 | payload | CRC-32C 4
    // all little-endian. Payload of kind 0: time 8, device 4, session 8, sequence 8, remaining 8, sequence bound 8;
    // of kind 1: row 8, sequence bound 8. Flags: 1 remaining present, 2 sequence bound present.
    private static let version: UInt8 = 2

    /// Reads a cursor back.
    ///
    /// - Throws: `QueryErrors` with the code `invalid_cursor` where the text was damaged or made up.
    public init(text: String) throws(QueryErrors) {
        guard let bytes = Base64URL.decode(text), bytes.count > 4 else { throw Cursor.invalid(text) }
        var reader = CursorReader(bytes.dropLast(4))
        var trailer = CursorReader(bytes.suffix(4))
        guard let checksum = trailer.read(UInt32.self), checksum == Crc32c.checksum(Array(bytes.dropLast(4))),
            reader.read(UInt8.self) == Cursor.version, let kind = reader.read(UInt8.self),
            let order = reader.read(UInt8.self), let flags = reader.read(UInt8.self),
            let since = reader.read(Int64.self), let until = reader.read(Int64.self),
            let queryHash = reader.read(UInt64.self), let position = Cursor.position(kind, flags, &reader),
            reader.isAtEnd
        else { throw Cursor.invalid(text) }
        self.init(
            range: TimeRange(since: Timestamp(microseconds: since), until: Timestamp(microseconds: until)),
            order: order == 0 ? .newestFirst : .oldestFirst, queryHash: queryHash, position: position)
    }

    private static func position(_ kind: UInt8, _ flags: UInt8, _ reader: inout CursorReader) -> Position? {
        if kind == 1 {
            guard let row = reader.read(Int64.self), row >= 0, let bound = reader.read(UInt64.self) else { return nil }
            return .row(Int(row), sequenceMax: bound)
        }
        guard kind == 0, let time = reader.read(Int64.self), let device = reader.read(UInt32.self),
            let session = reader.read(UInt64.self), let sequence = reader.read(UInt64.self),
            let remaining = reader.read(Int64.self), remaining >= 0, let bound = reader.read(UInt64.self)
        else { return nil }
        return .entry(
            EntryKey(time: time, device: device, session: session, sequence: sequence),
            remaining: flags & 1 != 0 ? Int(remaining) : nil, sequenceMax: flags & 2 != 0 ? bound : nil)
    }

    /// The cursor as it travels: letters, digits, `-` and `_`. What is in it may change from version to version.
    public var text: String {
        var bytes: [UInt8] = []
        func write(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        write(Cursor.version)
        switch position {
        case .entry(let key, let remaining, let bound):
            write(UInt8(0))
            write(UInt8(order == .newestFirst ? 0 : 1))
            write(UInt8((remaining == nil ? 0 : 1) | (bound == nil ? 0 : 2)))
            write(range.since.microseconds)
            write(range.until.microseconds)
            write(queryHash)
            write(key.time)
            write(key.device)
            write(key.session)
            write(key.sequence)
            write(Int64(remaining ?? 0))
            write(bound ?? 0)
        case .row(let row, let bound):
            write(UInt8(1))
            write(UInt8(order == .newestFirst ? 0 : 1))
            write(UInt8(0))
            write(range.since.microseconds)
            write(range.until.microseconds)
            write(queryHash)
            write(Int64(row))
            write(bound)
        }
        write(Crc32c.checksum(bytes))
        return Base64URL.encode(bytes)
    }

    private static func invalid(_ text: String) -> QueryErrors {
        QueryErrors([
            QueryDiagnostic(
                code: "invalid_cursor", offset: 0, length: 0,
                message: "This is no cursor, or it was changed on its way; start again without one.",
                expected: ["next_cursor of an answer"])
        ])
    }
}

/// Reads little-endian integers one after the other.
private struct CursorReader {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func read<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
        let size = MemoryLayout<Value>.size
        guard bytes.count >= size else { return nil }
        var value: Value = 0
        for (index, byte) in bytes.prefix(size).enumerated() { value |= Value(truncatingIfNeeded: byte) << (8 * index) }
        bytes = bytes.dropFirst(size)
        return value
    }
}
