public import LogModel

/// Where every input hands over what it read: the agent has one, and inputs use it from any thread or task.
///
/// Entries keep the order in which one input hands them over. They are in the spool file within 100 ms unless its disk
/// is slower, and on disk (synced) within `spool.fsync_interval_ms` more.
public protocol EntryIntake: Sendable {
    /// Takes entries that nobody will send again, such as messages of a publisher. Never waits.
    ///
    /// What does not fit into the ring pushes out the oldest entries that were taken this way; they are counted by level
    /// and told in the stream itself.
    func take(_ batch: Batch)

    /// Takes entries that the input can read again, such as lines of a file. Waits while there is no room, and drops
    /// nothing.
    ///
    /// The entries and the mark reach the disk together or, after a crash, not at all: an input that begins again after
    /// `mark(of:)` hands over each entry exactly once. A mark without entries is taken as well.
    ///
    /// - Parameters:
    ///   - batch: At most `EntryIntakeLimits.putByteCountMax` bytes of them (`Batch.byteCount`).
    ///   - whenSynced: Called once, from any thread, when entries and mark survive a loss of power; never when the agent
    ///     ends before.
    /// - Throws: `.stopping` when the agent ends, `.invalidArgument` for a batch past the bound. Nothing was taken then.
    func put(_ batch: Batch, mark: InputMark?, whenSynced: (@Sendable () -> Void)?) async throws(AgentError)

    /// The value of the last mark of `input` that was put, in this run or an earlier one; nil for none.
    func mark(of input: String) async -> [UInt8]?
}

/// How far an input has read, kept with the entries that it read until there.
public struct InputMark: Sendable, Hashable {
    /// Names the input for good, such as `file:/var/log/app.log`. At most `EntryIntakeLimits.markNameByteCountMax` bytes.
    public var input: String
    /// Whatever the input needs to go on; its own format. At most `EntryIntakeLimits.markByteCountMax` bytes.
    public var value: [UInt8]

    public init(input: String, value: [UInt8]) {
        self.input = input
        self.value = value
    }
}

/// Bounds of what inputs hand over.
public enum EntryIntakeLimits {
    /// Bytes of one `put`: it is one record of the spool, which is read as a whole.
    public static let putByteCountMax = 4 << 20
    public static let markNameByteCountMax = 1 << 10
    /// The last mark of each input is carried from segment to segment, so it should be small.
    public static let markByteCountMax = 16 << 10
}
