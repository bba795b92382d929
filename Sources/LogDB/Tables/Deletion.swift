import LogModel

/// Entries that somebody asked to be gone: hidden from every answer from the commit of this row on, and then taken off the
/// disk.
public struct Deletion: TableRecord {
    public var id: UInt64 = 0
    /// What was asked for, as it was written, for people.
    public var query: String
    /// Who asked; empty where nobody is known.
    public var author: String
    /// In microseconds since the epoch.
    public var created: Int64
    /// The entries that go, as `FilterCoding` writes them.
    var filter: [UInt8]
    /// The last commit position that it reaches: what arrives later stays, whatever it says.
    public var through: UInt64
    /// Entries that it hid.
    public var hiddenCount: UInt64
    /// Of these, entries that are off the disk.
    public var purgedCount: UInt64 = 0
    /// When the last was off the disk, in microseconds since the epoch; nil before.
    public var purged: Int64?

    public static let tableNumber: UInt8 = 3
    public static let tableName = "deletions"
    public static let indexes: [TableIndex<Deletion>] = []

    init(query: String, author: String, created: Int64, filter: [UInt8], through: UInt64, hiddenCount: UInt64) {
        self.query = query
        self.author = author
        self.created = created
        self.filter = filter
        self.through = through
        self.hiddenCount = hiddenCount
    }

    public func encode(into fields: inout FieldWriter) {
        fields.text(1, query)
        fields.text(2, author)
        fields.signed(3, created)
        fields.bytes(4, filter)
        fields.unsigned(5, through)
        fields.unsigned(6, hiddenCount)
        fields.unsigned(7, purgedCount)
        if let purged { fields.signed(8, purged) }
    }

    public init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let filter = fields.bytes(4) else { throw fields.missing("filter") }
        guard let through = try fields.unsigned(5) else { throw fields.missing("commit position") }
        self.id = id
        query = fields.text(1) ?? ""
        author = fields.text(2) ?? ""
        created = try fields.signed(3) ?? 0
        self.filter = filter
        self.through = through
        hiddenCount = try fields.unsigned(6) ?? 0
        purgedCount = try fields.unsigned(7) ?? 0
        purged = try fields.signed(8)
    }
}

extension ActiveDeletion {
    /// - Throws: `.corruption`, `.formatTooNew`: a store must not be opened without it.
    init(_ record: Deletion) throws(LogError) {
        id = record.id
        let filter = try FilterCoding.decode(record.filter, location: "deletions \(record.id)")
        self.filter = .all([filter, .committed(through: record.through)])
    }
}
