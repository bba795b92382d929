/// What a cold segment's object holds beside the columns: copies of what the hot store knows of the segment, so that either
/// can be made again from the other.
struct ColdSegmentParts: Sendable {
    var templates: [UInt8]
    var directory: [UInt8]
    var census: [UInt8]
    var pages: [[UInt8]]
    var record: SegmentRecord

    /// Reads all of an object and compares its hash.
    ///
    /// - Throws: `.corruption` when the object is not whole or not what was written; `.unreachable` when it cannot be had.
    static func read(_ cold: ColdStore, _ key: String, byteCount: UInt64) throws(LogError) -> ColdSegmentParts {
        let trailerByteCount = UInt64(ColdSegmentFile.trailerByteCount)
        guard byteCount > trailerByteCount + UInt64(ColdLayout.magic.count) else {
            throw LogError(.corruption, "an object of \(byteCount) bytes is no segment", location: key)
        }
        let end = byteCount - trailerByteCount
        let trailer = try cold.read(key, end..<byteCount)
        guard trailer.suffix(ColdLayout.magic.count) == ColdLayout.magic[...] else {
            throw LogError(.corruption, "the object does not end as a segment does", location: key)
        }
        try cold.verify(key, byteCount: byteCount, hash: Array(trailer[12..<(12 + Sha256.byteCount)]))
        let (footerByteCount, start) = try numbers(trailer, location: key)
        guard start <= end, UInt64(footerByteCount) <= end - start else {
            throw LogError(.corruption, "the object's end says that its parts lie past it", location: key)
        }
        return try decode(try cold.read(key, start..<end), footerByteCount: Int(footerByteCount), location: key)
    }

    private static func numbers(_ trailer: [UInt8], location: String) throws(LogError) -> (UInt32, UInt64) {
        try trailer.reading { (bytes) throws(LogError) in
            var reader = ByteReader(bytes, location: location)
            return (try reader.fixed(UInt32.self), try reader.fixed(UInt64.self))
        }
    }

    private static func decode(
        _ bytes: [UInt8], footerByteCount: Int, location: String
    ) throws(LogError) -> ColdSegmentParts {
        try bytes.reading { (bytes) throws(LogError) in
            let end = bytes.count - footerByteCount
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<end]), location: location)
            func part() throws(LogError) -> [UInt8] {
                Array(try reader.raw(Int(try reader.fixed(UInt32.self))))
            }
            let (templates, directory, census) = (try part(), try part(), try part())
            var pages: [[UInt8]] = []
            while !reader.isAtEnd { pages.append(try part()) }
            let record = try SegmentRecord.decode(UnsafeRawBufferPointer(rebasing: bytes[end...]), location: location)
            return ColdSegmentParts(
                templates: templates, directory: directory, census: census, pages: pages, record: record)
        }
    }
}
