import Glibc
import ObjectStore

/// The cold tier: an object store, and the errors of a store of logs.
struct ColdStore: Sendable {
    let objects: any ObjectStore
    /// Where files are made that are to become objects.
    let draftDirectory: String

    private func draftPath(_ key: String) -> String { draftDirectory + "/" + key }

    /// Begins the file that is to become the object `key`.
    func makeDraft(_ key: String) throws(LogError) -> ColdSegmentFile {
        if mkdir(draftDirectory, 0o700) != 0, errno != EEXIST {
            throw LogError(
                .io, "could not make the directory: \(String(cString: strerror(errno)))", location: draftDirectory)
        }
        return try ColdSegmentFile(path: draftPath(key))
    }

    /// Removes what a crash left of files that were to become objects.
    func clearDrafts() {
        guard let directory = opendir(draftDirectory) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { unlink(draftPath(name)) }
        }
    }

    /// The bytes of an object's range.
    ///
    /// - Throws: `.unreachable` when the object cannot be had now, or is gone; `.corruption` when it is too short.
    func read(_ key: String, _ range: Range<UInt64>) throws(LogError) -> [UInt8] {
        var failure: LogError?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(ObjectStoreError) {
                count = try objects.read(key, at: range.lowerBound, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = ColdStore.error(error)
            }
        }
        if let failure { throw failure }
        guard bytes.count == range.count else {
            throw LogError(
                .corruption, "the object ends at \(range.lowerBound + UInt64(bytes.count)), before \(range.upperBound)",
                location: key)
        }
        return bytes
    }

    func put(_ key: String, fileAt path: String) throws(LogError) {
        do throws(ObjectStoreError) { try objects.put(key, fileAt: path) } catch { throw ColdStore.error(error) }
    }

    func remove(_ key: String) throws(LogError) {
        do throws(ObjectStoreError) { try objects.remove(key) } catch { throw ColdStore.error(error) }
    }

    /// Reads a whole segment back and compares its hash.
    ///
    /// - Throws: `.corruption` when it is not what was written, `.unreachable`.
    func verify(_ key: String, byteCount: UInt64, hash: [UInt8]) throws(LogError) {
        let end = byteCount - UInt64(ColdSegmentFile.trailerByteCount)
        let digest = Sha256()
        var place: UInt64 = 0
        while place < end {
            let next = min(place + 1 << 20, end)
            try read(key, place..<next).withUnsafeBytes { digest.update($0) }
            place = next
        }
        let trailer = try read(key, end..<byteCount)
        guard digest.finish() == hash, Array(trailer[12..<(12 + Sha256.byteCount)]) == hash else {
            throw LogError(.corruption, "a cold segment does not read back as it was written", location: key)
        }
    }

    private static func error(_ error: ObjectStoreError) -> LogError {
        LogError(
            error.code == .diskFull ? .diskFull : .unreachable, "the cold tier: \(error.message)",
            location: error.location)
    }
}
