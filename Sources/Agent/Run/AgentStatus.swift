import Glibc
import LogModel
import Synchronization

/// How a running agent stands: the status file, and what `logdb-agent status` and `/metrics` show.
public struct AgentStatus: Sendable, Hashable, Codable {
    public struct SpoolStatus: Sendable, Hashable, Codable {
        /// Entries that the server has not got.
        public var depth = 0
        /// Those of them that are in no batch yet, by level.
        public var unread: [String: Int] = [:]
        /// Batches that are cut and not acknowledged.
        public var waitingBatches = 0
        /// Entries in memory that wait for the disk.
        public var ring = 0
        public var bytes = 0
        public var bytesMax = 0
        /// Bytes that a crash left incomplete, and bytes that cannot be read.
        public var cutBytes = 0
        public var damagedBytes = 0
        /// Where damaged segments were put.
        public var quarantined: [String] = []
    }

    public var version = 1
    public var agentVersion = AgentVersion.text
    public var processID: Int32 = getpid()
    public var device = ""
    public var session: String?
    public var server = ""
    /// RFC 3339.
    public var started = ""
    public var updated = ""
    public var spool = SpoolStatus()
    /// What each input got, good or bad.
    public var inputs: [String: Int] = [:]
    /// Those that the agent starts, by name.
    public var modules: [String: ModuleStatus]?
    /// Entries that inputs handed over since the start.
    public var received = 0
    /// Entries that the server has, of those sent since the start.
    public var uploaded = 0
    /// Entries that the server refused.
    public var refused = 0
    /// Batches that it refused whole; they are in the spool's directory `refused`.
    public var refusedBatches = 0
    /// Batches that were sent again as the server had lost them.
    public var resentBatches = 0
    /// Entries by reason and level.
    public var dropped: [String: [String: Int]] = [:]
    /// What came that is no entry, by reason, and the last of it.
    public var refusedMessages: [String: Int] = [:]
    public var lastRefusedMessages: [Refusals.Example] = []
    /// How far the device's clock is ahead of the server's; nil before the server said its time.
    public var clockOffsetSeconds: Double?
    /// Why the last attempt to send failed; nil once one went well.
    public var uploadError: String?
    /// The last thing that went wrong otherwise.
    public var lastError: String?

    init() {}

    /// The file in the spool's directory.
    public static func path(spool: String) -> String { spool + "/status.json" }

    /// Reads the status file.
    ///
    /// - Throws: `.io` or `.corruption`.
    public init(spool: String) throws(AgentError) {
        let path = AgentStatus.path(spool: spool)
        self = try JSONText.decode(AgentStatus.self, try Files.read(path), versionMax: 1, path: path)
    }

    /// As the file has it.
    public var json: String { String(decoding: JSONText.encode(self), as: UTF8.self) + "\n" }

    /// Whether the process that wrote it is still there.
    public var isRunning: Bool { kill(processID, 0) == 0 || errno == EPERM }

    /// Puts it in place of the file. It is not synced: after a loss of power it tells nothing anyway.
    func write(spool: String) {
        let path = AgentStatus.path(spool: spool)
        let draft = path + Files.draftSuffix
        let bytes = JSONText.encode(self) + [0x0a]
        do throws(AgentError) {
            let file = try Files.openFile(draft, O_WRONLY | O_CREAT | O_TRUNC, doing: "write")
            try Files.write(bytes, to: file.number, path: draft)
            rename(draft, path)
        } catch {
            unlink(draft)
            // A full disk, of which it should tell: over the old one, which needs no room, or hardly any.
            guard let file = try? Files.openFile(path, O_WRONLY, doing: "write"),
                (try? Files.write(bytes, to: file.number, path: path)) != nil
            else { return }
            ftruncate(file.number, off_t(bytes.count))
        }
    }

    mutating func take(_ figures: SpoolFigures) {
        spool.depth = figures.depth
        spool.unread = figures.unread.byName
        spool.waitingBatches = figures.waitingBatchCount
        spool.ring = figures.ringCount
        spool.bytes = Int(figures.byteCount)
        spool.cutBytes = Int(figures.findings.cutByteCount)
        spool.damagedBytes = Int(figures.findings.damagedByteCount)
        spool.quarantined = figures.findings.quarantined
        received = figures.receivedCount
        uploaded = figures.uploadedCount
        refused = figures.refusedCount
        refusedBatches = figures.refusedBatchCount
        resentBatches = figures.resentBatchCount
        dropped = [:]
        for (reason, levels) in figures.dropped where !levels.isEmpty { dropped[reason.rawValue] = levels.byName }
        lastError = figures.lastError
    }
}

/// The latest status, for whoever asks. From any thread.
final class StatusBoard: Sendable {
    private let state: Mutex<AgentStatus>

    init(_ status: AgentStatus) { state = Mutex(status) }

    var status: AgentStatus { state.withLock { $0 } }

    func change(_ body: (inout AgentStatus) -> Void) { state.withLock { body(&$0) } }
}
