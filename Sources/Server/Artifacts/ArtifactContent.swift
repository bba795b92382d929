import LogDB

/// What artifacts hold: an object of the store, under its SHA-256, and how many artifacts have it.
struct ArtifactContent: TableRecord {
    var id: UInt64 = 0
    /// SHA-256; in hexadecimal it is the object's key.
    var hash: [UInt8]
    var byteCount: UInt64
    /// CRC-32, as archives want it before the bytes.
    var checksum: UInt32
    var referenceCount: UInt64
    /// Since when no artifact has it, in microseconds since the epoch; nil while one does.
    var unusedSince: Int64?

    static let tableNumber: UInt8 = 32
    static let tableName = "artifact_contents"
    static let byHash = TableIndex<ArtifactContent>(number: 1, name: "hash", isUnique: true) { $0.hash }
    /// Those that no artifact has, by since when.
    static let byUnusedSince = TableIndex<ArtifactContent>(number: 2, name: "unused since", isUnique: true) { content in
        content.unusedSince.map { IndexValue.signed($0) + IndexValue.number(content.id) }
    }
    static let indexes = [byHash, byUnusedSince]

    var key: String { AuditLog.hexadecimal(hash) }

    init(hash: [UInt8], byteCount: UInt64, checksum: UInt32) {
        self.hash = hash
        self.byteCount = byteCount
        self.checksum = checksum
        referenceCount = 1
    }

    func encode(into fields: inout FieldWriter) {
        fields.bytes(1, hash)
        fields.unsigned(2, byteCount)
        fields.unsigned(3, UInt64(checksum))
        fields.unsigned(4, referenceCount)
        if let unusedSince { fields.signed(5, unusedSince) }
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let hash = fields.bytes(1) else { throw fields.missing("hash") }
        self.id = id
        self.hash = hash
        byteCount = try fields.unsigned(2) ?? 0
        checksum = UInt32(truncatingIfNeeded: try fields.unsigned(3) ?? 0)
        referenceCount = try fields.unsigned(4) ?? 0
        unusedSince = try fields.signed(5)
    }
}

/// What an account's artifacts take together; one that several have counts for each.
struct ArtifactUsage: TableRecord {
    var id: UInt64 = 0
    var accountID: UInt64
    var byteCount: UInt64 = 0
    var artifactCount: UInt64 = 0

    static let tableNumber: UInt8 = 33
    static let tableName = "artifact_usage"
    static let byAccount = TableIndex<ArtifactUsage>(number: 1, name: "account", isUnique: true) {
        IndexValue.number($0.accountID)
    }
    static let indexes = [byAccount]

    init(accountID: UInt64) { self.accountID = accountID }

    func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, accountID)
        fields.unsigned(2, byteCount)
        fields.unsigned(3, artifactCount)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let accountID = try fields.unsigned(1) else { throw fields.missing("account") }
        self.id = id
        self.accountID = accountID
        byteCount = try fields.unsigned(2) ?? 0
        artifactCount = try fields.unsigned(3) ?? 0
    }
}
