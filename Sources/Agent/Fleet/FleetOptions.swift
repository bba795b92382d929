/// What the fleet client is to do, and for whom.
public struct FleetOptions: Sendable {
    /// The server's base URL, without a slash at the end.
    public var server: String
    /// The device's serial number.
    public var dsn: String
    public var files: DeviceFiles
    /// Where the client keeps what it has done.
    public var stateDirectory: String
    public var heartbeatInterval = Duration.seconds(30)
    /// How long a poll for commands may wait at the server; it ends as soon as there is one. At most `commandWaitMax`.
    public var commandWait = Duration.seconds(30)
    public var policy = CommandPolicy()

    /// What the server allows.
    static let commandWaitMax = Duration.seconds(60)

    public init(server: String, dsn: String, files: DeviceFiles, stateDirectory: String) {
        self.server = server
        self.dsn = dsn
        self.files = files
        self.stateDirectory = stateDirectory
    }
}

/// What the fleet client has to tell while it runs.
public enum FleetNotice: Sendable, Hashable {
    /// The device's clock less the server's, in microseconds.
    case clockOffset(Int64)
    case heartbeatFailed(String)
    /// Until when the new certificate is good, in seconds since the epoch.
    case certificateRenewed(expires: Int64)
    case renewalFailed(String)
    case commandBegun(FleetCommand)
    case commandEnded(FleetCommand, CommandOutcome)
    case commandsFailed(String)
}
