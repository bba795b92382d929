/// One of the agent's inputs besides the modules that publish, and how its lines become entries.
public struct InputSettings: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        /// A file that grows, or all that a pattern such as `/var/log/robot/*.log` finds.
        case file(String)
        case standardInput
        /// A stream socket of the Unix domain that the agent listens on; each connection sends lines.
        case socket(String)
        /// The system's journal: of these units, or of all.
        case journal(units: [String])
    }

    public enum Format: String, CaseIterable, Sendable, Hashable {
        /// By the first character of each line: `{` is JSON.
        case auto
        /// A LogMessage a line.
        case ndjson
        case text
    }

    public var source: Source
    public var format = Format.auto
    /// What entries have that do not say it.
    public var module: String?
    public var logger: String?
    public var multiline = MultilineRule.none
    /// Of times without a zone.
    public var zone = SourceZone.utc
    /// Files that were never read begin at their ends.
    public var startsAtEnd = false

    public init(_ source: Source) { self.source = source }

    /// Names the input for good: in marks, messages and counts.
    public var name: String {
        switch source {
        case .file(let path): "file:\(path)"
        case .standardInput: "stdin"
        case .socket(let path): "socket:\(path)"
        case .journal(let units): units.isEmpty ? "journal" : "journal:" + units.sorted().joined(separator: ",")
        }
    }
}
