/// A device that registered, or that a log named.
public struct DeviceRecord: TableRecord {
    public var id: UInt64 = 0
    /// The device's serial number, unique; any bytes.
    public var dsn: [UInt8]
    public var name: String
    /// Whether the device came through registration; a device that only logs has not.
    public var isRegistered: Bool
    /// When the server first received something of the device, in microseconds since the epoch.
    public var firstSeen: Int64
    /// When it last did, exact to a second.
    public var lastSeen: Int64
    /// The account that owns it. 1 is that of whoever has no other.
    public var accountID: UInt64 = DeviceRecord.defaultAccountID
    /// The user who had it registered; 0 where nobody had.
    public var ownerID: UInt64 = 0
    /// Nil where nobody said.
    public var type: DeviceType?
    /// Nil where nobody said.
    public var environment: DeviceEnvironment?
    public var status = DeviceStatus.offline
    /// In microseconds since the epoch; nil before it was.
    public var registeredAt: Int64?
    /// When the device was taken out of service: it is listed no more, while its entries stay what they are.
    public var decommissionedAt: Int64?
    /// Whether an operator put it in maintenance, which then holds whatever the device says.
    public var isHeld = false
    /// The serial number of the certificate issued last, in hexadecimal; empty before there is one.
    public var certificateID = ""
    /// What the device said of itself when it registered, as JSON; empty without.
    public var info = ""
    /// Of its last heartbeat.
    public var vitals = DeviceVitals()

    public static let defaultAccountID: UInt64 = 1
    public static let tableNumber: UInt8 = 1
    public static let tableName = "devices"
    public static let byDSN = TableIndex<DeviceRecord>(number: 1, name: "dsn", isUnique: true) { $0.dsn }
    /// As queries compare it, without case.
    public static let byFoldedDSN = TableIndex<DeviceRecord>(number: 2, name: "folded dsn", isUnique: false) {
        CaseFolding.fold($0.dsn)
    }
    /// Those in service by environment, status and type, of all accounts.
    static let byKind = TableIndex<DeviceRecord>(number: 3, name: "environment, status, type", isUnique: false) {
        $0.decommissionedAt == nil ? $0.kind.bytes : nil
    }
    /// The same after the account.
    static let byAccount = TableIndex<DeviceRecord>(
        number: 4, name: "account, environment, status, type", isUnique: false
    ) {
        $0.decommissionedAt == nil ? accountKey($0.accountID, $0.kind) : nil
    }
    /// Those in service by what a search looks through.
    static let byText = TableIndex<DeviceRecord>(number: 5, name: "name and dsn", isUnique: false) {
        $0.decommissionedAt == nil ? CaseFolding.fold(Array($0.name.utf8)) + [0x0a] + CaseFolding.fold($0.dsn) : nil
    }
    public static let indexes = [byDSN, byFoldedDSN, byKind, byAccount, byText]

    /// What lists of devices are narrowed by.
    struct Kind: Hashable {
        var environment: DeviceEnvironment?
        var status: DeviceStatus
        var type: DeviceType?

        var bytes: [UInt8] { [environment?.rawValue ?? 0, status.rawValue, type?.rawValue ?? 0] }
    }

    var kind: Kind { Kind(environment: environment, status: status, type: type) }

    static func accountKey(_ account: UInt64, _ kind: Kind) -> [UInt8] {
        var key = KeyWriter(capacity: 11)
        key.append(account)
        return key.bytes + kind.bytes
    }

    /// - Parameter seen: When, in microseconds since the epoch.
    public init(dsn: [UInt8], seen: Int64) {
        self.dsn = dsn
        name = String(decoding: dsn, as: UTF8.self)
        isRegistered = false
        firstSeen = seen
        lastSeen = seen
    }

    public func encode(into fields: inout FieldWriter) {
        fields.bytes(1, dsn)
        fields.text(2, name)
        fields.unsigned(3, isRegistered ? 1 : 0)
        fields.signed(4, firstSeen)
        fields.signed(5, lastSeen)
        if accountID != DeviceRecord.defaultAccountID { fields.unsigned(6, accountID) }
        if ownerID != 0 { fields.unsigned(7, ownerID) }
        if let type { fields.unsigned(8, UInt64(type.rawValue)) }
        if let environment { fields.unsigned(9, UInt64(environment.rawValue)) }
        if status != .offline { fields.unsigned(10, UInt64(status.rawValue)) }
        if let registeredAt { fields.signed(11, registeredAt) }
        if let decommissionedAt { fields.signed(12, decommissionedAt) }
        if !certificateID.isEmpty { fields.text(13, certificateID) }
        if !info.isEmpty { fields.text(14, info) }
        if isHeld { fields.unsigned(15, 1) }
        vitals.encode(into: &fields)
    }

    public init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let dsn = fields.bytes(1) else { throw fields.missing("dsn") }
        self.id = id
        self.dsn = dsn
        name = fields.text(2) ?? String(decoding: dsn, as: UTF8.self)
        isRegistered = try fields.unsigned(3) == 1
        firstSeen = try fields.signed(4) ?? 0
        lastSeen = try fields.signed(5) ?? firstSeen
        accountID = try fields.unsigned(6) ?? DeviceRecord.defaultAccountID
        ownerID = try fields.unsigned(7) ?? 0
        type = try fields.choice(8)
        environment = try fields.choice(9)
        status = try fields.choice(10) ?? .offline
        registeredAt = try fields.signed(11)
        decommissionedAt = try fields.signed(12)
        certificateID = fields.text(13) ?? ""
        info = fields.text(14) ?? ""
        isHeld = try fields.unsigned(15) == 1
        vitals = try DeviceVitals(fields)
    }
}
