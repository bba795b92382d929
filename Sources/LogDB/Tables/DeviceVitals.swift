/// What a device's last heartbeat said. Nil is what it did not say.
public struct DeviceVitals: Sendable, Equatable {
    /// When it came, in microseconds since the epoch; nil before the first.
    public var lastHeartbeat: Int64?
    /// How far apart heartbeats are said to be, in milliseconds.
    public var intervalMilliseconds: UInt64?
    /// Percent.
    public var cpuUsage: Double?
    public var memoryUsage: Double?
    public var diskUsage: Double?
    public var batteryLevel: Double?
    /// Degrees Celsius.
    public var temperature: Double?
    public var currentSessionID: UInt64?
    public var currentCapsuleID: UInt64?
    public var agentVersion: String?
    /// Batches that wait on the device.
    public var spoolDepth: UInt64?
    /// Entries that the device dropped since it started.
    public var droppedCount: UInt64?
    /// The device's clock less the server's, in microseconds.
    public var clockOffset: Int64?

    public init() {}

    func encode(into fields: inout FieldWriter) {
        if let lastHeartbeat { fields.signed(20, lastHeartbeat) }
        if let intervalMilliseconds { fields.unsigned(21, intervalMilliseconds) }
        if let cpuUsage { fields.number(22, cpuUsage) }
        if let memoryUsage { fields.number(23, memoryUsage) }
        if let diskUsage { fields.number(24, diskUsage) }
        if let batteryLevel { fields.number(25, batteryLevel) }
        if let temperature { fields.number(26, temperature) }
        if let currentSessionID { fields.unsigned(27, currentSessionID) }
        if let currentCapsuleID { fields.unsigned(28, currentCapsuleID) }
        if let agentVersion { fields.text(29, agentVersion) }
        if let spoolDepth { fields.unsigned(30, spoolDepth) }
        if let droppedCount { fields.unsigned(31, droppedCount) }
        if let clockOffset { fields.signed(32, clockOffset) }
    }

    init(_ fields: FieldReader) throws(LogError) {
        lastHeartbeat = try fields.signed(20)
        intervalMilliseconds = try fields.unsigned(21)
        cpuUsage = try fields.number(22)
        memoryUsage = try fields.number(23)
        diskUsage = try fields.number(24)
        batteryLevel = try fields.number(25)
        temperature = try fields.number(26)
        currentSessionID = try fields.unsigned(27)
        currentCapsuleID = try fields.unsigned(28)
        agentVersion = fields.text(29)
        spoolDepth = try fields.unsigned(30)
        droppedCount = try fields.unsigned(31)
        clockOffset = try fields.signed(32)
    }
}
