import LogDB

/// A file that was uploaded into a session: where in it, and which content it has.
struct ArtifactRecord: TableRecord {
    var id: UInt64 = 0
    /// The session's id.
    var sessionID: UInt64
    /// As `ArtifactPath` allows; unique within the session.
    var path: String
    /// Whose quota it counts against.
    var accountID: UInt64
    /// The id of its `ArtifactContent`.
    var contentID: UInt64
    var byteCount: UInt64
    /// SHA-256.
    var hash: [UInt8]
    var mediaType: String
    /// In microseconds since the epoch.
    var created: Int64
    /// As the audit log names it.
    var sender: String

    static let tableNumber: UInt8 = 31
    static let tableName = "artifacts"
    static let byPath = TableIndex<ArtifactRecord>(number: 1, name: "session, path", isUnique: true) {
        pathKey($0.sessionID, $0.path)
    }
    static let byContent = TableIndex<ArtifactRecord>(number: 2, name: "content", isUnique: false) {
        IndexValue.number($0.contentID)
    }
    static let indexes = [byPath, byContent]

    static func pathKey(_ session: UInt64, _ path: String) -> [UInt8] { IndexValue.number(session) + Array(path.utf8) }

    init(
        sessionID: UInt64, path: String, accountID: UInt64, contentID: UInt64, byteCount: UInt64, hash: [UInt8],
        mediaType: String, created: Int64, sender: String
    ) {
        self.sessionID = sessionID
        self.path = path
        self.accountID = accountID
        self.contentID = contentID
        self.byteCount = byteCount
        self.hash = hash
        self.mediaType = mediaType
        self.created = created
        self.sender = sender
    }

    func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, sessionID)
        fields.text(2, path)
        fields.unsigned(3, accountID)
        fields.unsigned(4, contentID)
        fields.unsigned(5, byteCount)
        fields.bytes(6, hash)
        fields.text(7, mediaType)
        fields.signed(8, created)
        fields.text(9, sender)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let sessionID = try fields.unsigned(1) else { throw fields.missing("session") }
        guard let path = fields.text(2) else { throw fields.missing("path") }
        guard let contentID = try fields.unsigned(4) else { throw fields.missing("content") }
        guard let hash = fields.bytes(6) else { throw fields.missing("hash") }
        self.id = id
        self.sessionID = sessionID
        self.path = path
        accountID = try fields.unsigned(3) ?? 0
        self.contentID = contentID
        byteCount = try fields.unsigned(5) ?? 0
        self.hash = hash
        mediaType = fields.text(7) ?? "application/octet-stream"
        created = try fields.signed(8) ?? 0
        sender = fields.text(9) ?? ""
    }
}
