public import LogModel
import Synchronization

/// What inputs got that is no entry: how much of it, why, and the last of it to look at. From any thread.
public final class Refusals: Sendable {
    /// One thing that was refused.
    public struct Example: Sendable, Hashable, Codable {
        /// RFC 3339.
        public var time: String
        /// The input, such as an endpoint or a file.
        public var input: String
        public var reason: String
        public var detail: String
        /// The first bytes of what came, as text; those that are not UTF-8 show as U+FFFD.
        public var beginning: String
    }

    /// How many examples are kept, the last ones.
    public static let exampleCountMax = 20
    /// Bytes of each that are shown.
    public static let beginningByteCountMax = 200

    private let state = Mutex(State())

    private struct State {
        var counts: [String: Int] = [:]
        var examples: [Example] = []
    }

    public init() {}

    /// Counts something under its reason, a short stable name such as `invalid_json`.
    public func add(
        input: String, reason: String, detail: String, beginning: UnsafeRawBufferPointer, at time: Timestamp
    ) {
        let shown = String(decoding: beginning.prefix(Refusals.beginningByteCountMax), as: UTF8.self)
        let example = Example(
            time: time.description, input: input, reason: reason, detail: detail, beginning: shown)
        state.withLock { state in
            state.counts[reason, default: 0] += 1
            if state.examples.count == Refusals.exampleCountMax { state.examples.removeFirst() }
            state.examples.append(example)
        }
    }

    /// By reason, since the agent started.
    public var counts: [String: Int] { state.withLock { $0.counts } }
    public var examples: [Example] { state.withLock { $0.examples } }
}
