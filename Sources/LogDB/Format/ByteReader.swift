/// Reads what `ByteWriter` wrote. Every read is checked against the end: damaged bytes throw, they never trap.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0
    /// Names what is read, for the error.
    let location: String

    init(_ bytes: UnsafeRawBufferPointer, location: @autoclosure () -> String = "record") {
        self.bytes = bytes
        self.location = location()
    }

    var remaining: Int { bytes.count - offset }
    var isAtEnd: Bool { offset == bytes.count }

    func damaged(_ what: String) -> LogError {
        LogError(.corruption, "\(what) at byte \(offset) of \(bytes.count)", location: location)
    }

    mutating func byte() throws(LogError) -> UInt8 {
        guard offset < bytes.count else { throw damaged("the record ends early") }
        offset += 1
        return bytes[offset - 1]
    }

    mutating func fixed<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(LogError) -> Number {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { throw damaged("the record ends early") }
        offset += size
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset - size, as: Number.self))
    }

    mutating func varint() throws(LogError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { throw damaged("a number is too long") }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// A number that must not pass `max`, such as a count that memory is about to be taken for.
    mutating func count(max: Int) throws(LogError) -> Int {
        let value = try varint()
        guard max >= 0, value <= UInt64(max) else { throw damaged("a count of \(value) passes its bound \(max)") }
        return Int(value)
    }

    mutating func signedVarint() throws(LogError) -> Int64 { ZigZag.decode(try varint()) }

    mutating func raw(_ count: Int) throws(LogError) -> UnsafeRawBufferPointer {
        guard count >= 0, remaining >= count else { throw damaged("the record ends early") }
        offset += count
        return UnsafeRawBufferPointer(rebasing: bytes[(offset - count)..<offset])
    }

    mutating func string() throws(LogError) -> [UInt8] { Array(try raw(try count(max: remaining))) }

    mutating func text() throws(LogError) -> String {
        String(decoding: try raw(try count(max: remaining)), as: UTF8.self)
    }
}

extension [UInt8] {
    /// Calls `body` with the bytes; its errors stay typed.
    func reading<R>(_ body: (UnsafeRawBufferPointer) throws(LogError) -> R) throws(LogError) -> R {
        let result: Result<R, LogError> = withUnsafeBytes { bytes in
            do throws(LogError) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
