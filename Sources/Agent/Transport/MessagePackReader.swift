/// Reads MessagePack values from bytes that nobody vouches for.
struct MessagePackReader {
    enum Value {
        case null
        /// A boolean, a whole number or a timestamp, as JSON writes it.
        case literal(String)
        case number(Double)
        case text(UnsafeRawBufferPointer)
        /// So many names and values follow.
        case map(Int)
        /// So many values follow.
        case array(Int)
    }

    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    func failure(_ detail: String) -> MessagePackError { MessagePackError(offset: at, detail: detail) }

    /// The next value, or how many values the next map or array has.
    mutating func next() throws(MessagePackError) -> Value {
        let start = at
        let first = try take(1)[0]
        switch first {
        case 0x00...0x7f: return .literal("\(first)")
        case 0x80...0x8f: return try map(Int(first & 0x0f))
        case 0x90...0x9f: return try array(Int(first & 0x0f))
        case 0xa0...0xbf: return .text(try take(Int(first & 0x1f)))
        case 0xc0: return .null
        case 0xc2: return .literal("false")
        case 0xc3: return .literal("true")
        case 0xc4, 0xd9: return .text(try take(Int(try number(UInt8.self))))
        case 0xc5, 0xda: return .text(try take(Int(try number(UInt16.self))))
        case 0xc6, 0xdb: return .text(try take(Int(try number(UInt32.self))))
        case 0xca: return .number(Double(Float(bitPattern: try number(UInt32.self))))
        case 0xcb: return .number(Double(bitPattern: try number(UInt64.self)))
        case 0xcc: return .literal("\(try number(UInt8.self))")
        case 0xcd: return .literal("\(try number(UInt16.self))")
        case 0xce: return .literal("\(try number(UInt32.self))")
        case 0xcf: return .literal("\(try number(UInt64.self))")
        case 0xd0: return .literal("\(try number(Int8.self))")
        case 0xd1: return .literal("\(try number(Int16.self))")
        case 0xd2: return .literal("\(try number(Int32.self))")
        case 0xd3: return .literal("\(try number(Int64.self))")
        case 0xd6: return try timestamp(byteCount: 4)
        case 0xd7: return try timestamp(byteCount: 8)
        case 0xc7: return try timestamp(byteCount: Int(try number(UInt8.self)))
        case 0xdc: return try array(Int(try number(UInt16.self)))
        case 0xdd: return try array(Int(try number(UInt32.self)))
        case 0xde: return try map(Int(try number(UInt16.self)))
        case 0xdf: return try map(Int(try number(UInt32.self)))
        case 0xe0...0xff: return .literal("\(Int8(bitPattern: first))")
        default:
            at = start
            throw failure("expected a value, found the byte \(first)")
        }
    }

    private mutating func take(_ count: Int) throws(MessagePackError) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - at else { throw failure("expected \(count) more bytes, found the end") }
        defer { at += count }
        return UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
    }

    private mutating func number<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type
    ) throws(MessagePackError) -> T {
        T(bigEndian: try take(MemoryLayout<T>.size).loadUnaligned(as: T.self))
    }

    /// A count of items that take a byte each at least is checked against the bytes that are left.
    private func map(_ count: Int) throws(MessagePackError) -> Value {
        guard count <= (bytes.count - at) / 2 else { throw failure("expected more members than there are bytes") }
        return .map(count)
    }

    private func array(_ count: Int) throws(MessagePackError) -> Value {
        guard count <= bytes.count - at else { throw failure("expected more items than there are bytes") }
        return .array(count)
    }

    /// The three forms of the timestamp extension, as microseconds since the epoch.
    private mutating func timestamp(byteCount: Int) throws(MessagePackError) -> Value {
        guard try number(Int8.self) == -1 else { throw failure("expected no extension but a timestamp") }
        let seconds: Int64
        let nanoseconds: Int64
        switch byteCount {
        case 4:
            seconds = Int64(try number(UInt32.self))
            nanoseconds = 0
        case 8:
            let both = try number(UInt64.self)
            seconds = Int64(both & (1 << 34 - 1))
            nanoseconds = Int64(both >> 34)
        case 12:
            nanoseconds = Int64(try number(UInt32.self))
            seconds = try number(Int64.self)
        default: throw failure("expected a timestamp of 4, 8 or 12 bytes, found \(byteCount)")
        }
        let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carry) = microseconds.addingReportingOverflow(nanoseconds / 1_000)
        guard !overflow, !carry else { throw failure("expected a time that fits") }
        return .literal("\(sum)")
    }
}
