import Glibc
import LogModel
import Logging
import Synchronization

/// Brings what a module logs to the agent on the same machine, and loses none of it when the module crashes.
///
/// Each entry is appended to a file of the process before the call that logs it returns; the agent reads the file, keeps
/// what it read, and confirms it, and only then is it removed. So whatever ends the process, SIGSEGV and SIGKILL
/// included, everything that it logged before is there. Each entry is also published over ZeroMQ: an agent that shares
/// the directory takes it as the sign to look into the file, so that nothing is taken twice; any other subscriber gets
/// the entry itself.
///
/// Logging takes a lock and two system calls, and waits neither for the agent, the network nor the disk. From any
/// thread; not in a child of `fork` that has not called `exec`.
public final class RemoteSink: Sendable {
    /// Names the process's directory below `RemoteSinkOptions.directory`, and its entries with their sequence.
    public let name: String
    private let origin: SinkEntry.Origin
    private let levels: SinkLevels
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var file: SinkFile
        var publisher: SinkPublisher?
        var sequence: UInt64 = 0
        /// By level: what was dropped, and what of it the stream does not tell yet.
        var dropped = LevelCounts()
        var untold = LevelCounts()
        var json: [UInt8] = []
        var line: [UInt8] = []
    }

    /// - Throws: `RemoteSinkError` where the directory cannot be made or the endpoint is none.
    public init(_ options: RemoteSinkOptions) throws(RemoteSinkError) {
        let process = getpid()
        name = SinkLayout.name(module: options.module, process: process, boot: UInt64.random(in: .min ... .max))
        origin = SinkEntry.Origin(module: options.module, session: options.session, process: String(process))
        levels = SinkLevels(directory: options.directory, module: options.module)
        var publisher: SinkPublisher?
        if let endpoint = options.endpoint {
            publisher = try SinkPublisher(endpoint: endpoint, topic: options.topic)
        }
        state = Mutex(State(file: try SinkFile(options, name: name), publisher: publisher))
    }

    /// A handler for `LoggingSystem.bootstrap`. Any number of handlers share a sink.
    public func handler(label: String) -> RemoteSinkHandler { RemoteSinkHandler(label: label, sink: self) }

    /// Entries that found no room in the file, all levels together, since the process began.
    public var droppedCount: Int { state.withLock { $0.dropped.total } }

    /// The level that the agent has set; nil for none.
    var level: Logger.Level? { levels.current }

    func log(_ message: String, level: LogModel.Level, logger: String, context: [(key: String, value: String)]) {
        state.withLock { state in
            if state.untold.total > 0 { tellDrops(&state) }
            let isKept = append(&state) { json in
                SinkEntry.render(message, level: level, logger: logger, context: context, origin, into: &json)
            }
            if !isKept {
                state.dropped[level] += 1
                state.untold[level] += 1
            }
        }
    }

    /// Puts into the stream itself how many entries are missing here.
    private func tellDrops(_ state: inout State) {
        let untold = state.untold
        let isKept = append(&state) { json in
            SinkEntry.render(
                "\(untold.total) entries were dropped: the agent has not taken what was logged before",
                level: .warn, logger: "RemoteSink", context: untold.context, origin, into: &json)
        }
        if isKept { state.untold = LevelCounts() }
    }

    private func append(_ state: inout State, _ render: (inout [UInt8]) -> Void) -> Bool {
        state.json.removeAll(keepingCapacity: true)
        state.line.removeAll(keepingCapacity: true)
        render(&state.json)
        let sequence = state.sequence + 1
        state.json.withUnsafeBytes { SinkLine.append(sequence: sequence, json: $0, to: &state.line) }
        guard state.line.withUnsafeBytes({ state.file.append($0) }) else { return false }
        state.sequence = sequence
        if state.publisher != nil {
            let body = SinkEntry.publication(sink: name, sequence: sequence, json: state.json[...])
            body.withUnsafeBytes { state.publisher?.publish($0) }
        }
        return true
    }
}

/// A number of entries of each level.
struct LevelCounts: Sendable, Hashable {
    private var counts: [LogModel.Level: Int] = [:]

    var total: Int { counts.values.reduce(0, +) }

    subscript(level: LogModel.Level) -> Int {
        get { counts[level] ?? 0 }
        set { counts[level] = newValue }
    }

    /// `dropped_WARN` and the like.
    var context: [(key: String, value: String)] {
        counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { ("dropped_\($0.key.name)", String($0.value)) }
    }
}
