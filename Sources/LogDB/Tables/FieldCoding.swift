/// Writes a row's fields, each with its number, so that rows written before a field existed read back without it and
/// fields that this build does not know are passed over.
///
///     field number varint | byte count varint | bytes, …
public struct FieldWriter {
    private(set) var writer = ByteWriter()

    public mutating func bytes(_ number: UInt8, _ value: [UInt8]) {
        writer.varint(number)
        writer.string(value)
    }

    public mutating func text(_ number: UInt8, _ value: String) { bytes(number, Array(value.utf8)) }

    public mutating func unsigned(_ number: UInt8, _ value: UInt64) {
        var field = ByteWriter()
        field.varint(value)
        bytes(number, field.bytes)
    }

    public mutating func signed(_ number: UInt8, _ value: Int64) { unsigned(number, ZigZag.encode(value)) }

    /// The bits of a number, in eight bytes.
    public mutating func number(_ number: UInt8, _ value: Double) {
        bytes(number, withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) })
    }
}

/// Reads what `FieldWriter` wrote. An absent field reads as nil.
public struct FieldReader {
    private var fields: [(number: UInt8, bytes: [UInt8])] = []
    private let location: String

    init(_ bytes: UnsafeRawBufferPointer, location: String) throws(LogError) {
        self.location = location
        var reader = ByteReader(bytes, location: location)
        while !reader.isAtEnd {
            let number = try reader.varint()
            let bytes = try reader.string()
            // A number that this build cannot have written is that of a field it does not know.
            if let number = UInt8(exactly: number) { fields.append((number, bytes)) }
        }
    }

    public func bytes(_ number: UInt8) -> [UInt8]? { fields.first { $0.number == number }?.bytes }

    public func text(_ number: UInt8) -> String? { bytes(number).map { String(decoding: $0, as: UTF8.self) } }

    public func unsigned(_ number: UInt8) throws(LogError) -> UInt64? {
        guard let bytes = bytes(number) else { return nil }
        let result: Result<UInt64, LogError> = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw, location: location)
            do throws(LogError) { return .success(try reader.varint()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    public func signed(_ number: UInt8) throws(LogError) -> Int64? { try unsigned(number).map { ZigZag.decode($0) } }

    public func number(_ number: UInt8) throws(LogError) -> Double? {
        guard let bytes = bytes(number) else { return nil }
        guard bytes.count == 8 else {
            throw LogError(.corruption, "a number of \(bytes.count) bytes, not 8", location: location)
        }
        return Double(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Nil also for a choice that this build does not know.
    public func choice<Choice: StoredChoice>(_ number: UInt8) throws(LogError) -> Choice? {
        try unsigned(number).flatMap { UInt8(exactly: $0) }.flatMap { Choice(rawValue: $0) }
    }

    /// The error for a row that lacks a field it cannot be without.
    public func missing(_ name: String) -> LogError {
        LogError(.corruption, "the row has no \(name)", location: location)
    }
}
