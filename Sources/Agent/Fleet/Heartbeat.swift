/// What the agent knows of itself and a heartbeat tells.
public struct HeartbeatStatus: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        case online, maintenance, error
    }

    public var state: State
    /// The running session; nil between sessions.
    public var sessionID: String?
    /// Entries that wait for the server.
    public var spoolDepth: Int?
    /// Entries that were dropped since the agent started.
    public var droppedCount: Int?

    public init(
        state: State = .online, sessionID: String? = nil, spoolDepth: Int? = nil, droppedCount: Int? = nil
    ) {
        self.state = state
        self.sessionID = sessionID
        self.spoolDepth = spoolDepth
        self.droppedCount = droppedCount
    }
}

/// The body of `POST /api/v1/fleet/heartbeat`. Who sends it, the certificate says.
struct Heartbeat: Encodable {
    var status: String
    var metrics: DeviceVitals
    var currentSessionID: String?
    var agentVersion = AgentVersion.text
    var spoolDepth: Int?
    var droppedCount: Int?
    var clockOffsetMilliseconds: Double?
    var intervalMilliseconds: Int64

    enum CodingKeys: String, CodingKey {
        case status, metrics
        case currentSessionID = "current_session_id"
        case agentVersion = "agent_version"
        case spoolDepth = "spool_depth"
        case droppedCount = "dropped_count"
        case clockOffsetMilliseconds = "clock_offset_ms"
        case intervalMilliseconds = "interval_ms"
    }

    init(_ status: HeartbeatStatus, _ metrics: DeviceVitals, clockOffset: Int64?, interval: Duration) {
        self.status = status.state.rawValue
        self.metrics = metrics
        currentSessionID = status.sessionID
        spoolDepth = status.spoolDepth
        droppedCount = status.droppedCount
        clockOffsetMilliseconds = clockOffset.map { Double($0) / 1_000 }
        intervalMilliseconds =
            interval.components.seconds * 1_000
            + interval.components.attoseconds / 1_000_000_000_000_000
    }

    /// What it is answered with.
    struct Answer: Decodable, FleetBody {
        var device_id: UInt64
        /// RFC 3339.
        var server_time: String
    }
}
