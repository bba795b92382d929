public import LogModel

/// What a backup consists of. Files are kept under the SHA-256 of their bytes, so that what two backups share is there once;
/// the manifest is written after all of them, under a name that holds its own hash: a backup that has one is whole.
///
///     {"backup": 2, "time": "…", "sequence": "…", "entries": …, "store_format": 5,
///      "files": [{"name", "bytes", "sha256"}], "cold": [{"key", "bytes", "sha256"}],
///      "artifacts": {"count", "bytes", "lost", "list_bytes", "list_sha256"}}
///
/// `sha256` of a cold object is null where the backup does not hold the object itself. Version 1 knows no artifacts; a build
/// that reads only that one would leave them out, and refuses version 2.
public struct BackupManifest: Sendable, Equatable {
    public struct File: Sendable, Equatable {
        /// The file's name in the data directory, or the object's key in the cold tier.
        public var name: String
        public var byteCount: UInt64
        /// In hexadecimal; nil where only the name is known.
        public var hash: String?
    }

    /// The artifacts that are in it.
    public struct Artifacts: Sendable, Equatable {
        public var count: UInt64 = 0
        public var byteCount: UInt64 = 0
        /// Those that rows speak of, and that were not to be found, or damaged, when the backup was made.
        public var lostCount: UInt64 = 0
        /// Which they are, as `ArtifactList` says.
        public var list: File
    }

    /// The moment that the backup shows.
    public var time: Timestamp
    /// The commit position of the last entry in it; 0 when there is none.
    public var sequence: UInt64
    public var entryCount: UInt64
    public var storeFormat: UInt32
    public var files: [File]
    public var coldObjects: [File]
    /// Nil for a backup that knows none: of version 1, or of a store that nobody keeps artifacts beside.
    public var artifacts: Artifacts?

    static let version = 2
    /// The first letters of the keys of manifests: no hash has them.
    static let keyPrefix = "manifest"
    private static let timeDigitCount = 20

    /// Whether the backup can be restored without the cold tier that it was made with.
    public var holdsColdObjects: Bool { coldObjects.allSatisfy { $0.hash != nil } }
    public var byteCount: UInt64 {
        (files + coldObjects).reduce(artifacts?.byteCount ?? 0) { $0 + ($1.hash == nil ? 0 : $1.byteCount) }
    }

    // MARK: Keys

    /// `manifest`, the time in microseconds with 20 digits, the SHA-256 of the manifest's bytes in hexadecimal: so that keys
    /// are in the order of time, and a manifest that is not whole is noticed.
    func key(_ bytes: [UInt8]) -> String {
        let digits = String(max(time.microseconds, 0))
        let zeros = String(repeating: "0", count: BackupManifest.timeDigitCount - digits.utf8.count)
        return BackupManifest.keyPrefix + zeros + digits + Sha256.hexadecimal(of: bytes)
    }

    static func isKey(_ key: String) -> Bool { key.hasPrefix(keyPrefix) }

    // MARK: Coding

    var bytes: [UInt8] {
        func number(_ value: UInt64) -> JSONValue { .number(String(value)) }
        func list(_ files: [File], _ name: String) -> JSONValue {
            .array(
                files.map { file in
                    .object([
                        .init(name: name, value: .string(file.name)),
                        .init(name: "bytes", value: number(file.byteCount)),
                        .init(name: "sha256", value: file.hash.map { .string($0) } ?? .null),
                    ])
                })
        }
        return JSONValue.object([
            .init(name: "backup", value: number(UInt64(BackupManifest.version))),
            .init(name: "time", value: .string(time.description)),
            .init(name: "sequence", value: .string(String(sequence))),
            .init(name: "entries", value: number(entryCount)),
            .init(name: "store_format", value: number(UInt64(storeFormat))),
            .init(name: "files", value: list(files, "name")),
            .init(name: "cold", value: list(coldObjects, "key")),
            .init(name: "artifacts", value: artifacts.map { BackupManifest.json($0) } ?? .null),
        ]).bytes
    }

    private static func json(_ artifacts: Artifacts) -> JSONValue {
        func number(_ value: UInt64) -> JSONValue { .number(String(value)) }
        return .object([
            .init(name: "count", value: number(artifacts.count)),
            .init(name: "bytes", value: number(artifacts.byteCount)),
            .init(name: "lost", value: number(artifacts.lostCount)),
            .init(name: "list_bytes", value: number(artifacts.list.byteCount)),
            .init(name: "list_sha256", value: artifacts.list.hash.map { .string($0) } ?? .null),
        ])
    }

    /// - Returns: Nil where something is missing.
    private static func artifacts(_ json: JSONValue) -> Artifacts? {
        guard let count = json["count"]?.unsigned, let byteCount = json["bytes"]?.unsigned,
            let lostCount = json["lost"]?.unsigned, let listByteCount = json["list_bytes"]?.unsigned,
            let hash = json["list_sha256"]?.text
        else { return nil }
        return Artifacts(
            count: count, byteCount: byteCount, lostCount: lostCount,
            list: File(name: ArtifactList.name, byteCount: listByteCount, hash: hash))
    }

    /// - Throws: `.corruption`, `.formatTooNew`.
    static func decode(_ bytes: [UInt8], key: String) throws(LogError) -> BackupManifest {
        guard key.hasSuffix(Sha256.hexadecimal(of: bytes)) else {
            throw LogError(.corruption, "the backup's manifest is not what was written", location: key)
        }
        guard let json = JSONValue(bytes), let version = json["backup"]?.integer else {
            throw LogError(.corruption, "the backup's manifest does not read", location: key)
        }
        guard version <= BackupManifest.version else {
            throw LogError(
                .formatTooNew,
                "the backup is of version \(version), this build reads \(BackupManifest.version); use a newer build",
                location: key)
        }
        func list(_ value: JSONValue?, _ name: String) -> [File]? {
            var files: [File] = []
            for element in value?.elements ?? [] {
                guard let text = element[name]?.text, let byteCount = element["bytes"]?.unsigned else { return nil }
                files.append(File(name: text, byteCount: byteCount, hash: element["sha256"]?.text))
            }
            return files
        }
        guard let time = json["time"]?.text.flatMap({ Timestamp(rfc3339: $0) }),
            let sequence = json["sequence"]?.text.flatMap({ UInt64($0) }),
            let files = list(json["files"], "name"), let cold = list(json["cold"], "key"),
            files.allSatisfy({ $0.hash != nil && isPlainName($0.name) })
        else { throw LogError(.corruption, "the backup's manifest lacks something", location: key) }
        var manifest = BackupManifest(
            time: time, sequence: sequence, entryCount: json["entries"]?.unsigned ?? 0,
            storeFormat: UInt32(clamping: json["store_format"]?.unsigned ?? 0), files: files, coldObjects: cold)
        if let value = json["artifacts"], value != .null {
            guard let artifacts = artifacts(value) else {
                throw LogError(.corruption, "the backup's manifest lacks something", location: key)
            }
            manifest.artifacts = artifacts
        }
        return manifest
    }

    /// A name that stays in the directory that it is put into.
    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count < 256 && !name.hasPrefix(".")
            && name.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 > 0x20 && $0 < 0x7f }
    }
}
