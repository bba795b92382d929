import LogModel

/// Writes a zip archive (PKWARE's APPNOTE 6.3, with its 64-bit sizes throughout) from its beginning to its end, keeping of
/// each file no more than its line in the directory at the end. Returns the bytes to send; sends nothing itself.
struct ZipWriter {
    /// What is known of a file before its bytes.
    enum Content {
        /// Kept as it is.
        case stored(byteCount: UInt64, checksum: UInt32)
        /// Compressed; size and checksum follow the bytes.
        case deflated
    }

    private struct Entry {
        var name: [UInt8]
        var isDeflated: Bool
        var time: UInt32
        var offset: UInt64
        var checksum = Checksum()
        var byteCount: UInt64 = 0
        var storedByteCount: UInt64 = 0
    }

    private static let level: Int32 = 4
    /// 4.5: 64-bit sizes. Made on Unix, so that the attributes are those of files there.
    private static let version: UInt16 = 45
    private static let madeBy: UInt16 = 3 << 8 | version
    private static let isUTF8: UInt16 = 1 << 11
    private static let hasDescriptor: UInt16 = 1 << 3
    private static let sizeExtra: UInt16 = 1
    /// A file that its owner may change and others read.
    private static let attributes: UInt32 = 0o100644 << 16

    private var entries: [Entry] = []
    private var compressor: Gzip.Compressor?
    private var position: UInt64 = 0

    init() {}

    /// Begins a file.
    ///
    /// - Parameter time: When it was last changed.
    mutating func begin(_ path: String, _ content: Content, time: Timestamp) -> [UInt8] {
        var entry = Entry(name: Array(path.utf8), isDeflated: false, time: ZipWriter.time(time), offset: position)
        var bytes = ZipBytes()
        var sizes = (checksum: UInt32(0), byteCount: UInt64(0))
        switch content {
        case .deflated:
            entry.isDeflated = true
            compressor = Gzip.Compressor(level: ZipWriter.level, isRaw: true)
        case .stored(let byteCount, let checksum):
            compressor = nil
            sizes = (checksum, byteCount)
        }
        bytes.append(0x0403_4b50 as UInt32)
        bytes.append(ZipWriter.version)
        append(flagsOf: entry, to: &bytes)
        bytes.append(sizes.checksum)
        bytes.append(UInt32.max)
        bytes.append(UInt32.max)
        bytes.append(UInt16(entry.name.count))
        bytes.append(20 as UInt16)
        bytes.bytes += entry.name
        bytes.append(ZipWriter.sizeExtra)
        bytes.append(16 as UInt16)
        bytes.append(sizes.byteCount)
        bytes.append(sizes.byteCount)
        entries.append(entry)
        return counted(bytes)
    }

    /// The next bytes of the file that was begun.
    mutating func append(_ content: [UInt8]) -> [UInt8] {
        let last = entries.count - 1
        content.withUnsafeBytes { entries[last].checksum.update($0) }
        entries[last].byteCount += UInt64(content.count)
        return counted(stored(content, isLast: false))
    }

    /// Ends the file that was begun.
    mutating func end() -> [UInt8] {
        let last = entries.count - 1
        guard entries[last].isDeflated else { return [] }
        var bytes = ZipBytes()
        bytes.bytes = stored([], isLast: true)
        bytes.append(0x0807_4b50 as UInt32)
        bytes.append(entries[last].checksum.value)
        bytes.append(entries[last].storedByteCount)
        bytes.append(entries[last].byteCount)
        compressor = nil
        return counted(bytes)
    }

    /// The directory, with which the archive ends.
    mutating func finish() -> [UInt8] {
        let start = position
        var bytes = ZipBytes()
        for entry in entries {
            bytes.append(0x0201_4b50 as UInt32)
            bytes.append(ZipWriter.madeBy)
            bytes.append(ZipWriter.version)
            append(flagsOf: entry, to: &bytes)
            bytes.append(entry.checksum.value)
            bytes.append(UInt32.max)
            bytes.append(UInt32.max)
            bytes.append(UInt16(entry.name.count))
            bytes.append(28 as UInt16)
            // No comment, the first disk, no internal attributes.
            for _ in 0..<3 { bytes.append(0 as UInt16) }
            bytes.append(ZipWriter.attributes)
            bytes.append(UInt32.max)
            bytes.bytes += entry.name
            bytes.append(ZipWriter.sizeExtra)
            bytes.append(24 as UInt16)
            bytes.append(entry.byteCount)
            bytes.append(entry.storedByteCount)
            bytes.append(entry.offset)
        }
        let directoryByteCount = UInt64(bytes.bytes.count)
        bytes.append(0x0606_4b50 as UInt32)
        bytes.append(44 as UInt64)
        bytes.append(ZipWriter.madeBy)
        bytes.append(ZipWriter.version)
        bytes.append(0 as UInt64)
        bytes.append(UInt64(entries.count))
        bytes.append(UInt64(entries.count))
        bytes.append(directoryByteCount)
        bytes.append(start)
        bytes.append(0x0706_4b50 as UInt32)
        bytes.append(0 as UInt32)
        bytes.append(start + directoryByteCount)
        bytes.append(1 as UInt32)
        bytes.append(0x0605_4b50 as UInt32)
        bytes.append(0 as UInt32)
        bytes.append(UInt16.max)
        bytes.append(UInt16.max)
        bytes.append(UInt32.max)
        bytes.append(UInt32.max)
        bytes.append(0 as UInt16)
        return counted(bytes)
    }

    private func append(flagsOf entry: Entry, to bytes: inout ZipBytes) {
        bytes.append(ZipWriter.isUTF8 | (entry.isDeflated ? ZipWriter.hasDescriptor : 0))
        bytes.append((entry.isDeflated ? 8 : 0) as UInt16)
        bytes.append(entry.time)
    }

    private mutating func stored(_ content: [UInt8], isLast: Bool) -> [UInt8] {
        guard let compressor else {
            entries[entries.count - 1].storedByteCount += UInt64(content.count)
            return content
        }
        var output: [UInt8] = []
        compressor.compress(content, isLast: isLast, isFlushed: false, into: &output)
        entries[entries.count - 1].storedByteCount += UInt64(output.count)
        return output
    }

    private mutating func counted(_ bytes: [UInt8]) -> [UInt8] {
        position += UInt64(bytes.count)
        return bytes
    }

    private mutating func counted(_ bytes: ZipBytes) -> [UInt8] { counted(bytes.bytes) }

    /// Two seconds fine, from 1980 on: the date in the upper half.
    private static func time(_ time: Timestamp) -> UInt32 {
        let numbers = time.description.prefix(19).split { !$0.isNumber }.compactMap { UInt32($0) }
        guard numbers.count == 6, (1980...2107).contains(numbers[0]) else { return 1 << 21 | 1 << 16 }
        let date = (numbers[0] - 1980) << 9 | numbers[1] << 5 | numbers[2]
        return date << 16 | numbers[3] << 11 | numbers[4] << 5 | numbers[5] / 2
    }
}

/// Numbers with their lowest byte first.
private struct ZipBytes {
    var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
