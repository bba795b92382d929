import Glibc
import LogModel

/// Copies a checkpoint to where backups are kept: first what is not there yet, then the manifest.
struct BackupWriter {
    let place: BackupPlace
    let cold: ColdStore
    /// Whether the objects of the cold tier are copied too.
    let copiesColdObjects: Bool
    let isCancelled: () -> Bool

    struct Outcome: Sendable {
        var key: String
        var manifest: BackupManifest
        /// What was not there yet.
        var copiedByteCount: UInt64
        var copiedFileCount: Int
    }

    private var copiedByteCount: UInt64 = 0
    private var copiedFileCount = 0

    init(_ place: BackupPlace, cold: ColdStore, copiesColdObjects: Bool, isCancelled: @escaping () -> Bool) {
        self.place = place
        self.cold = cold
        self.copiesColdObjects = copiesColdObjects
        self.isCancelled = isCancelled
    }

    /// - Throws: `.unreachable`, `.diskFull`, `.io`, `.cancelled`. What was copied so far need not be copied again.
    mutating func write(
        _ checkpoint: Checkpoint, progress: (Double, String) -> Void
    ) throws(LogError) -> Outcome {
        let names = try DirectoryListing.all(checkpoint.directory).filter { $0 != ArtifactList.name }.sorted()
        guard names.contains("CURRENT") else {
            throw LogError(.io, "the checkpoint has no store in it", location: checkpoint.directory)
        }
        let coldRecords = checkpoint.segments.map(\.record).filter { $0.coldKey != nil }
            .sorted { $0.id < $1.id }
        let artifactCount = Int(clamping: checkpoint.artifacts?.count ?? 0)
        let total = Double(max(names.count + coldRecords.count + artifactCount, 1))
        var manifest = BackupManifest(
            time: checkpoint.time, sequence: checkpoint.sequenceEnd &- 1,
            entryCount: checkpoint.entryCount, storeFormat: cold.storeFormat.rawValue, files: [], coldObjects: [])
        for (index, name) in names.enumerated() {
            progress(Double(index) / total, "copying \(name)")
            manifest.files.append(try copy(name, in: checkpoint.directory))
        }
        let known = copiesColdObjects && !coldRecords.isEmpty ? try knownColdObjects() : [:]
        for (index, record) in coldRecords.enumerated() {
            progress(Double(names.count + index) / total, "copying cold segment \(index + 1) of \(coldRecords.count)")
            manifest.coldObjects.append(try copy(record, known, checkpoint.directory))
        }
        if let (source, count) = checkpoint.artifacts {
            manifest.artifacts = try copyArtifacts(of: source, in: checkpoint.directory) { index in
                progress(
                    Double(names.count + coldRecords.count + index) / total, "copying artifact \(index + 1) of \(count)"
                )
            }
        }
        let bytes = manifest.bytes
        let key = manifest.key(bytes)
        let path = checkpoint.directory + "/" + key
        var rest = [bytes]
        _ = try FileDigest.write(path) { () throws(LogError) in rest.popLast() ?? [] }
        try place.put(key, fileAt: path)
        return Outcome(
            key: key, manifest: manifest, copiedByteCount: copiedByteCount, copiedFileCount: copiedFileCount)
    }

    private mutating func copy(_ name: String, in directory: String) throws(LogError) -> BackupManifest.File {
        if isCancelled() { throw LogError(.cancelled, "the store is closing") }
        let path = directory + "/" + name
        let (byteCount, hash) = try FileDigest.read(path)
        try put(hash, fileAt: path, byteCount: byteCount)
        return BackupManifest.File(name: name, byteCount: byteCount, hash: hash)
    }

    mutating func put(_ hash: String, fileAt path: String, byteCount: UInt64) throws(LogError) {
        guard try place.byteCount(hash) != byteCount else { return }
        try place.put(hash, fileAt: path)
        copiedByteCount += byteCount
        copiedFileCount += 1
    }

    /// Objects of the cold tier never change: those that the last backup holds are not read again.
    private func knownColdObjects() throws(LogError) -> [String: BackupManifest.File] {
        guard let newest = try? place.newest() else { return [:] }
        return Dictionary(newest.manifest.coldObjects.map { ($0.name, $0) }) { first, _ in first }
    }

    private mutating func copy(
        _ record: SegmentRecord, _ known: [String: BackupManifest.File], _ directory: String
    ) throws(LogError) -> BackupManifest.File {
        if isCancelled() { throw LogError(.cancelled, "the store is closing") }
        let key = record.coldKey ?? ""
        let byteCount = record.coldByteCount
        guard copiesColdObjects else {
            return BackupManifest.File(name: key, byteCount: byteCount, hash: nil)
        }
        if let file = known[key], file.byteCount == byteCount, let hash = file.hash,
            try place.byteCount(hash) == byteCount
        {
            return file
        }
        let path = directory + "/object"
        defer { unlink(path) }
        var offset: UInt64 = 0
        let (_, hash) = try FileDigest.write(path) { () throws(LogError) in
            let end = min(offset + UInt64(FileDigest.pieceByteCount), byteCount)
            guard offset < end else { return [] }
            defer { offset = end }
            return try cold.read(key, offset..<end)
        }
        try put(hash, fileAt: path, byteCount: byteCount)
        return BackupManifest.File(name: key, byteCount: byteCount, hash: hash)
    }
}
