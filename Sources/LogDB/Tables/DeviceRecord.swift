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

    public static let tableNumber: UInt8 = 1
    public static let tableName = "devices"
    public static let byDSN = TableIndex<DeviceRecord>(number: 1, name: "dsn", isUnique: true) { $0.dsn }
    /// As queries compare it, without case.
    public static let byFoldedDSN = TableIndex<DeviceRecord>(number: 2, name: "folded dsn", isUnique: false) {
        CaseFolding.fold($0.dsn)
    }
    public static let indexes = [byDSN, byFoldedDSN]

    init(dsn: [UInt8], seen: Int64) {
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
    }

    public init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let dsn = fields.bytes(1) else { throw fields.missing("dsn") }
        self.id = id
        self.dsn = dsn
        name = fields.text(2) ?? String(decoding: dsn, as: UTF8.self)
        isRegistered = try fields.unsigned(3) == 1
        firstSeen = try fields.signed(4) ?? 0
        lastSeen = try fields.signed(5) ?? firstSeen
    }
}
