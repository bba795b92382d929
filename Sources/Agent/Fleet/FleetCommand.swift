import LogModel

/// Something that the server tells the device to do.
public struct FleetCommand: Sendable, Hashable {
    public var id: UInt64
    /// The action's name.
    public var name: String
    /// The order's arguments: texts by name; numbers and booleans as their text.
    public var arguments: [String: String]
    /// When it must not begin any more, in microseconds since the epoch by the server's clock.
    public var expires: Int64

    public init(id: UInt64, name: String, arguments: [String: String] = [:], expires: Int64) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.expires = expires
    }

    /// Reads an element of what `GET …/commands` answers; nil where it is none.
    init?(_ json: JSONValue) {
        guard let id = json["id"]?.unsigned, let name = json["command"]?.text,
            let expires = json["expires_at"]?.text.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        var arguments: [String: String] = [:]
        for member in json["arguments"]?.members ?? [] {
            arguments[member.name] = member.value.text ?? String(decoding: member.value.bytes, as: UTF8.self)
        }
        self.init(id: id, name: name, arguments: arguments, expires: expires.microseconds)
    }
}

/// What became of a command.
public struct CommandOutcome: Codable, Sendable, Hashable {
    public var hasSucceeded: Bool
    /// At most `outputByteCountMax` bytes of what it said.
    public var output: String
    public var exitCode: Int32?
    /// Whether it may be done again when the server wants it to: it failed, and is known to have ended.
    public var isRepeatable: Bool

    /// What the server keeps.
    public static let outputByteCountMax = 48 << 10

    init(hasSucceeded: Bool, output: String, exitCode: Int32? = nil, isRepeatable: Bool) {
        self.hasSucceeded = hasSucceeded
        self.output = CommandOutcome.bounded(output)
        self.exitCode = exitCode
        self.isRepeatable = isRepeatable
    }

    public static func succeeded(_ output: String = "", exitCode: Int32? = nil) -> CommandOutcome {
        CommandOutcome(hasSucceeded: true, output: output, exitCode: exitCode, isRepeatable: false)
    }

    /// It ended without doing what it should, and may be tried again.
    public static func failed(_ output: String, exitCode: Int32? = nil) -> CommandOutcome {
        CommandOutcome(hasSucceeded: false, output: output, exitCode: exitCode, isRepeatable: true)
    }

    /// This device does no such thing, however often it is told.
    public static func refused(_ output: String) -> CommandOutcome {
        CommandOutcome(hasSucceeded: false, output: output, isRepeatable: false)
    }

    /// The agent ended while the command ran. It may have done its work, such as restarting the device, so it is not
    /// done again.
    static let interrupted = CommandOutcome(
        hasSucceeded: false, output: "the agent ended while the command ran; it is not run again", isRepeatable: false)

    /// The beginning and the end where there is more, at characters' bounds.
    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > outputByteCountMax else { return text }
        let gap = "\n[…]\n"
        let half = (outputByteCountMax - gap.utf8.count) / 2
        // A cut inside a character makes up to three bytes of U+FFFD, three bytes each: room for that is left.
        let room = 18
        let bytes = Array(text.utf8)
        return String(decoding: bytes.prefix(half - room), as: UTF8.self) + gap
            + String(decoding: bytes.suffix(half - room), as: UTF8.self)
    }
}
