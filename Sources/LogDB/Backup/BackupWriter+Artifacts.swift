import Glibc
import ObjectStore

extension BackupWriter {
    /// Copies the artifacts that the checkpoint lists, and the list of those that are in the backup. In the backup each is what
    /// it is in the store: an object under its own SHA-256.
    mutating func copyArtifacts(
        of source: ArtifactSource, in directory: String, progress: (Int) -> Void
    ) throws(LogError) -> BackupManifest.Artifacts {
        let path = directory + "/" + ArtifactList.name
        let heldPath = path + ".held"
        let held = open(heldPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard held >= 0 else { throw FileDigest.failure("make a file", heldPath) }
        defer { close(held) }
        var artifacts = BackupManifest.Artifacts(list: .init(name: ArtifactList.name, byteCount: 0, hash: nil))
        var waiting: [UInt8] = []
        var index = 0
        try ArtifactList.forEach(path) { (line) throws(LogError) in
            if isCancelled() { throw LogError(.cancelled, "the store is closing") }
            progress(index)
            index += 1
            guard try copy(line, of: source, by: directory + "/object") else {
                artifacts.lostCount += 1
                return
            }
            artifacts.count += 1
            artifacts.byteCount += line.byteCount
            waiting += line.bytes
            guard waiting.count >= FileDigest.pieceByteCount else { return }
            try FileDigest.append(waiting, to: held, heldPath)
            waiting.removeAll(keepingCapacity: true)
        }
        try FileDigest.append(waiting, to: held, heldPath)
        let (byteCount, hash) = try FileDigest.read(heldPath)
        try put(hash, fileAt: heldPath, byteCount: byteCount)
        artifacts.list.byteCount = byteCount
        artifacts.list.hash = hash
        return artifacts
    }

    /// - Parameter path: Of a file that it may write.
    /// - Returns: Whether the backup has it: what is lost, or is not what its hash says, is not copied.
    private mutating func copy(
        _ line: ArtifactList.Line, of source: ArtifactSource, by path: String
    ) throws(LogError) -> Bool {
        if try place.byteCount(line.hash) == line.byteCount { return true }
        let isCancelled = isCancelled
        defer { unlink(path) }
        let found: (byteCount: UInt64, hash: String)
        do throws(LogError) {
            guard try source.byteCount(line.hash) == line.byteCount else { return false }
            var offset: UInt64 = 0
            found = try FileDigest.write(path) { () throws(LogError) in
                if isCancelled() { throw LogError(.cancelled, "the store is closing") }
                let bytes = try source.read(line.hash, at: offset, of: line.byteCount)
                offset += UInt64(bytes.count)
                return bytes
            }
        } catch {
            guard error.code == .corruption else { throw error }
            return false
        }
        guard found == (line.byteCount, line.hash) else { return false }
        try put(line.hash, fileAt: path, byteCount: line.byteCount)
        return true
    }
}

extension ArtifactSource {
    fileprivate func byteCount(_ key: String) throws(LogError) -> UInt64? {
        do throws(ObjectStoreError) {
            return try objects.byteCount(of: key)
        } catch {
            throw ArtifactSource.error(error)
        }
    }

    /// The next piece; empty at the end.
    ///
    /// - Throws: `.corruption` where it is not there, `.io`.
    fileprivate func read(_ key: String, at offset: UInt64, of end: UInt64) throws(LogError) -> [UInt8] {
        let wanted = Int(min(end - min(offset, end), UInt64(FileDigest.pieceByteCount)))
        var failure: ObjectStoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            do throws(ObjectStoreError) {
                count = try objects.read(key, at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw ArtifactSource.error(failure) }
        return bytes
    }

    private static func error(_ error: ObjectStoreError) -> LogError {
        LogError(
            error.code == .missing ? .corruption : .io, "an artifact: \(error.message)", location: error.location)
    }
}
