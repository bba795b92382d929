/// What was taken out of a segment because it did not read, so that it stays counted. One a segment, under `X`:
///
///     segment | day zig-zag | blocks | rows | earliest time zig-zag | latest time zig-zag | when zig-zag | reason, a length and text
///     crc32c u32
///
/// Numbers are varints; moments are in microseconds since the epoch.
struct SetAsideRecord: Sendable, Equatable {
    var segment: UInt64
    var day: Int32
    var blockCount: UInt64
    var rowCount: UInt64
    var timeMin: Int64
    var timeMax: Int64
    var moment: Int64
    var reason: String

    func put(_ store: RocksStore, in batch: inout WriteBatch) {
        batch.put(store, .segments, KeyLayout.setAside(segment), encode())
    }

    func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(segment)
        writer.signedVarint(Int64(day))
        writer.varint(blockCount)
        writer.varint(rowCount)
        writer.signedVarint(timeMin)
        writer.signedVarint(timeMax)
        writer.signedVarint(moment)
        writer.text(reason)
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) throws(LogError) -> SetAsideRecord {
        let location = "what was set aside"
        var reader = ByteReader(try Checksummed.open(bytes, location: location), location: location)
        return SetAsideRecord(
            segment: try reader.varint(), day: Int32(truncatingIfNeeded: try reader.signedVarint()),
            blockCount: try reader.varint(), rowCount: try reader.varint(), timeMin: try reader.signedVarint(),
            timeMax: try reader.signedVarint(), moment: try reader.signedVarint(), reason: try reader.text())
    }

    static func all(_ store: RocksStore) throws(LogError) -> [SetAsideRecord] {
        var records: [SetAsideRecord] = []
        let prefix = [KeyLayout.setAsidePrefix]
        try store.forEach(.segments, from: prefix, to: KeyLayout.end(of: prefix)) { (_, value) throws(LogError) in
            records.append(try decode(value))
            return true
        }
        return records
    }
}
