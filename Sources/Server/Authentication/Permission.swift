/// What somebody may do.
public struct Permissions: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Reading entries: search, fields, export, live tail.
    public static let query = Permissions(rawValue: 1)
    /// Storing entries.
    public static let ingest = Permissions(rawValue: 2)
    /// Looking after the store: storage, jobs, compaction, metrics, what was refused.
    public static let operate = Permissions(rawValue: 4)
    /// Users, keys, the audit log, deleting.
    public static let administer = Permissions(rawValue: 8)

    public static let all: Permissions = [.query, .ingest, .operate, .administer]

    /// By the names that API keys' scopes have.
    static let named: KeyValuePairs<String, Permissions> = [
        "query": .query, "ingest": .ingest, "operate": .operate, "admin": .administer,
    ]

    public static var names: [String] { named.map(\.key) }

    /// Nil where one of the names is none.
    public init?(names: some Sequence<String>) {
        self = []
        for name in names {
            guard let permission = Permissions.named.first(where: { $0.key == name })?.value else { return nil }
            insert(permission)
        }
    }

    /// In a fixed order.
    public var names: [String] { Permissions.named.filter { contains($0.value) }.map(\.key) }
}

/// What a user is.
public enum Role: String, Sendable, CaseIterable {
    /// Reads.
    case viewer
    /// Also stores entries and looks after the store.
    case `operator`
    /// Everything.
    case admin

    var permissions: Permissions {
        switch self {
        case .viewer: [.query]
        case .operator: [.query, .ingest, .operate]
        case .admin: .all
        }
    }
}
