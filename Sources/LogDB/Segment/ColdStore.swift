import Glibc
import ObjectStore

/// The cold tier: an object store, and the errors of a store of logs.
struct ColdStore: Sendable {
    let objects: any ObjectStore
    /// Where files are made that are to become objects.
    let draftDirectory: String
    /// Where reads cost a journey each, what was read last.
    private let cache: ColdCache?

    /// - Parameter cacheByteCountMax: Of what is kept of objects on the network.
    init(objects: any ObjectStore, draftDirectory: String, cacheByteCountMax: Int = 0) {
        self.objects = objects
        self.draftDirectory = draftDirectory
        cache =
            objects.readByteCountMin > 0
            ? ColdCache(pageByteCount: objects.readByteCountMin, byteCountMax: cacheByteCountMax) : nil
    }

    /// The version of the format that this is part of.
    var storeFormat: FormatVersion { objects is EncryptedObjectStore ? .encryptedObjects : .current }

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
        for name in DirectoryListing.names(draftDirectory) { unlink(draftPath(name)) }
    }

    /// The bytes of an object's range, of which some may have been read before.
    ///
    /// - Parameters:
    ///   - byteCount: The object's.
    ///   - didFetch: Called with the bytes that were read now, those read ahead among them.
    /// - Throws: As `read`.
    func fetch(
        _ key: String, _ range: Range<UInt64>, byteCount: UInt64, didFetch: (Int) -> Void
    ) throws(LogError) -> [UInt8] {
        guard let cache, !range.isEmpty else {
            didFetch(range.count)
            return try read(key, range)
        }
        return try cache.read(key, range, byteCount: byteCount) { (missing) throws(LogError) in
            didFetch(missing.count)
            return try read(key, missing)
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

    /// The place as it is found from any working directory.
    static func absolute(_ place: String) -> String {
        guard !place.hasPrefix("/"), !ObjectPlace.isRemote(place), let path = realpath(".", nil) else { return place }
        defer { free(path) }
        return String(cString: path) + "/" + place
    }

    /// The objects of the tier that is at `place`, as people write it.
    ///
    /// - Throws: `.invalidOptions`.
    static func objects(at place: String) throws(LogError) -> any ObjectStore {
        do throws(ObjectStoreError) {
            return try ObjectPlace.open(place)
        } catch {
            throw LogError(.invalidOptions, "the cold tier: \(error.message)", location: place)
        }
    }

    /// As `objects(at:)`; where that cannot be asked now, as its keys are missing, what is in the hot tier can be read all the same.
    static func objects(rememberedAt place: String) -> any ObjectStore {
        do throws(ObjectStoreError) {
            return try ObjectPlace.open(place)
        } catch {
            return UnreachableObjectStore(error)
        }
    }

    /// Nil where there is no such object.
    func byteCount(_ key: String) throws(LogError) -> UInt64? {
        do throws(ObjectStoreError) { return try objects.byteCount(of: key) } catch { throw ColdStore.error(error) }
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

    static func error(_ error: ObjectStoreError) -> LogError {
        let code: LogError.Code =
            switch error.code {
            case .diskFull: .diskFull
            case .damaged: .corruption
            default: .unreachable
            }
        return LogError(code, "the cold tier: \(error.message)", location: error.location)
    }
}
