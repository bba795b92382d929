import ObjectStore

@testable import LogDB

/// Bytes as an object of the cold tier: once as they are, and once with the end of a sound one, its hash included.
enum ColdInput {
    /// An object in memory.
    private struct OneObject: ObjectStore {
        var bytes: [UInt8]

        func put(_ key: String, fileAt path: String) throws(ObjectStoreError) {}
        func replace(_ key: String, fileAt path: String) throws(ObjectStoreError) {}
        func byteCount(of key: String) throws(ObjectStoreError) -> UInt64? { UInt64(bytes.count) }
        func read(
            _ key: String, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
        ) throws(ObjectStoreError) -> Int {
            guard offset < UInt64(bytes.count) else { return 0 }
            let piece = bytes[Int(offset)...].prefix(buffer.count)
            buffer.copyBytes(from: piece)
            return piece.count
        }
        func remove(_ key: String) throws(ObjectStoreError) {}
        func keys(after key: String?, limit: Int) throws(ObjectStoreError) -> [String] { [] }
    }

    static func read(_ bytes: UnsafeRawBufferPointer) {
        decode(Array(bytes))
        // The first byte says how many of the last are the segment's record, the next two where the parts begin.
        guard bytes.count >= 3 else { return }
        var footer = Array(bytes[3...].suffix(Int(bytes[0])))
        let content = ColdLayout.magic + Array(bytes[3...].dropLast(footer.count))
        Checksummed.seal(&footer)
        let digest = Sha256()
        (content + footer).withUnsafeBytes { digest.update($0) }
        var trailer = ByteWriter()
        trailer.fixed(UInt32(footer.count))
        trailer.fixed(UInt64(bytes[1]) | UInt64(bytes[2]) << 8)
        decode(content + footer + trailer.bytes + digest.finish() + ColdLayout.magic)
    }

    private static func decode(_ object: [UInt8]) {
        let cold = ColdStore(objects: OneObject(bytes: object), draftDirectory: "/nonexistent")
        guard let parts = try? ColdSegmentParts.read(cold, "object", byteCount: UInt64(object.count)) else { return }
        // The copies of what the hot store knows are read as that is.
        for (kind, part) in [parts.directory, parts.templates, parts.census].enumerated() {
            BlockInput.readParts(part, kind: UInt8(kind))
        }
    }
}
