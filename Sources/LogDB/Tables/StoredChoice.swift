/// One of a few things, stored as a number and named in queries and answers. Numbers are never reused.
public protocol StoredChoice: RawRepresentable, CaseIterable, Sendable, Hashable where RawValue == UInt8 {}

extension StoredChoice {
    public var name: String { String(describing: self) }

    /// Nil where there is none of that name.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    public static var names: [String] { allCases.map(\.name) }
}

/// What a device is.
public enum DeviceType: UInt8, StoredChoice {
    case drone = 1
    case robot = 2
    case camera = 3
    case sensor = 4
    case vehicle = 5
    case other = 6
}

/// What a device is used for.
public enum DeviceEnvironment: UInt8, StoredChoice {
    case production = 1
    case testing = 2
    case development = 3
}

/// How a device is, as its last heartbeat and its silence since then tell.
public enum DeviceStatus: UInt8, StoredChoice {
    case offline = 0
    case online = 1
    /// Until an operator says otherwise, whatever the device reports.
    case maintenance = 2
    case error = 3
}
