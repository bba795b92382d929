/// What `logdb-agent ship` is asked to do.
public struct ShipOptions: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        /// NDJSON where the file's name ends in `.ndjson`, `.jsonl` or `.json` or its first character is `{`, else
        /// text.
        case auto
        case ndjson
        case text
    }

    public var files: [String]
    /// The server's base URL.
    public var server: String
    /// The device of lines that name none, and of the batches. Nil: every line must name one.
    public var device: String?
    public var session: String?
    public var module: String?
    /// Entries a batch, within `batchSizeRange`.
    public var batchSize = 1_000
    public var stateDirectory: String
    public var format = Format.auto
    /// Keep reading as the files grow, until asked to stop.
    public var isFollowing = false

    public static let batchSizeRange = 100...10_000
    /// A batch ends at this many bytes of lines, too, to stay well below what a server takes in one body.
    static let batchByteCountMax = 8 << 20
    /// How long a line waits in a batch that does not fill up, when following.
    static let batchAgeMax = Duration.seconds(5)
    /// How often a followed file is looked at.
    static let pollInterval = Duration.milliseconds(200)
    /// zstd's level for frames: the network is slower than level 3 is.
    static let compressionLevel = 3

    public init(files: [String], server: String, device: String? = nil, stateDirectory: String) {
        self.files = files
        self.server = server
        self.device = device
        self.stateDirectory = stateDirectory
    }

    /// `server` without slashes at its end, so that two spellings share their state.
    var serverBase: String {
        var base = server[...]
        while base.hasSuffix("/") { base.removeLast() }
        return String(base)
    }

    /// Every option that is out of its bounds, with its value and its bound.
    public func validate() -> [String] {
        var problems: [String] = []
        if files.isEmpty { problems.append("there is no file to ship") }
        if !server.hasPrefix("http://"), !server.hasPrefix("https://") {
            problems.append("--server \(server) must start with http:// or https://")
        }
        if !ShipOptions.batchSizeRange.contains(batchSize) {
            let range = ShipOptions.batchSizeRange
            problems.append("--batch-size \(batchSize) must be \(range.lowerBound) to \(range.upperBound)")
        }
        for (name, value) in [("--device", device), ("--session", session), ("--module", module)] {
            guard let value else { continue }
            if value.isEmpty, name == "--device" { problems.append("--device must not be empty") }
            if value.utf8.count > 1_024 {
                problems.append("\(name) has \(value.utf8.count) bytes, at most 1024 may be")
            }
            if value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }), name == "--device" {
                problems.append("--device must have no control characters")
            }
        }
        if stateDirectory.isEmpty { problems.append("--state must not be empty") }
        return problems
    }
}
