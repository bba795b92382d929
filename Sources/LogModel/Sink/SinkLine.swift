/// One entry in the file of a module's sink, as a line:
///
///     CRC-32C of the rest, 8 hexadecimal digits · space · sequence in decimal · space · entry as JSON · line end
///
/// The JSON has no line end in it. A line whose checksum does not hold was cut short by a crash; its entry was never
/// logged, as far as the module knows.
public enum SinkLine {
    private static let checksumByteCount = 8

    /// Appends a line.
    ///
    /// - Parameters:
    ///   - sequence: Counts the process's entries from 1.
    ///   - json: A JSON object on one line.
    public static func append(sequence: UInt64, json: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0x20, count: checksumByteCount + 1))
        let checkedFrom = bytes.count
        bytes.appendInteger(sequence)
        bytes.append(0x20)
        bytes.append(contentsOf: json)
        let checksum = bytes.withUnsafeBytes { Crc32c.checksum(UnsafeRawBufferPointer(rebasing: $0[checkedFrom...])) }
        for index in 0..<checksumByteCount {
            let digit = UInt8(truncatingIfNeeded: checksum >> UInt32(28 - 4 * index)) & 0x0f
            bytes[start + index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
        bytes.append(0x0a)
    }

    /// Reads a line without its line end.
    ///
    /// - Returns: The sequence, and where in `line` the JSON begins; nil where this is no whole line.
    public static func read(_ line: UnsafeRawBufferPointer) -> (sequence: UInt64, start: Int)? {
        guard line.count > checksumByteCount, line[checksumByteCount] == 0x20 else { return nil }
        var expected: UInt32 = 0
        for byte in line.prefix(checksumByteCount) {
            guard let digit = digit(byte) else { return nil }
            expected = expected << 4 | digit
        }
        let rest = UnsafeRawBufferPointer(rebasing: line[(checksumByteCount + 1)...])
        guard Crc32c.checksum(rest) == expected else { return nil }
        var sequence: UInt64 = 0
        for (index, byte) in rest.enumerated() {
            if byte == 0x20 { return index == 0 ? nil : (sequence, checksumByteCount + 1 + index + 1) }
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            sequence = sequence &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
        }
        return nil
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        default: nil
        }
    }
}
