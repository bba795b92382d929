import Glibc
import LogModel

/// Takes lines from standard input, or from whoever connects to a socket. They cannot be read again, so whoever writes is
/// held up while the agent has no room. On a thread of its own.
actor StreamInput {
    private let executor = BlockingExecutor(label: "logdb.streams")
    private let settings: InputSettings
    private let context: SourceContext
    private var listener: UnixListener?
    private var streams: [Stream] = []

    /// Connections at a time; others wait to be taken.
    static let connectionCountMax = 256
    private static let waitMilliseconds: Int32 = 100

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private final class Stream {
        let connection: LineConnection
        var assembler: LineAssembler
        var lastLine = ContinuousClock.now

        init(_ connection: LineConnection, _ settings: InputSettings) {
            self.connection = connection
            assembler = LineAssembler(settings)
        }
    }

    /// - Throws: `AgentError` `.io` where there is nothing to read from.
    init(_ settings: InputSettings, context: SourceContext) throws(AgentError) {
        self.settings = settings
        self.context = context
        switch settings.source {
        case .socket(let path): listener = try UnixListener(path)
        default:
            let copy = dup(STDIN_FILENO)
            guard copy >= 0 else { throw Files.failure("read", "standard input") }
            streams = [Stream(LineConnection(Files.Descriptor(copy)), settings)]
        }
    }

    /// Runs until a stop is asked for or, for standard input, its end.
    func run(stop: StopRequest) async throws(AgentError) {
        while !streams.isEmpty || listener != nil {
            let isLast = stop.isMade
            if !isLast { wait() }
            if streams.count < StreamInput.connectionCountMax, let connection = listener?.accept() {
                streams.append(Stream(connection, settings))
            }
            var open: [Stream] = []
            for stream in streams where try await read(stream, isLast: isLast) { open.append(stream) }
            streams = open
            if isLast { return }
        }
    }

    private func wait() {
        var files = streams.map { pollfd(fd: $0.connection.file.number, events: Int16(POLLIN), revents: 0) }
        if let listener, streams.count < StreamInput.connectionCountMax {
            files.append(pollfd(fd: listener.file.number, events: Int16(POLLIN), revents: 0))
        }
        poll(&files, nfds_t(files.count), StreamInput.waitMilliseconds)
    }

    /// - Returns: Whether more may come.
    private func read(_ stream: Stream, isLast: Bool) async throws(AgentError) -> Bool {
        while true {
            switch stream.connection.next() {
            case .line(let line):
                if line.withUnsafeBytes({ stream.assembler.isOtherKind($0) }) { try await put(stream, isEnd: true) }
                line.withUnsafeBytes { _ = stream.assembler.take($0, context.defaults(settings)) }
                stream.lastLine = ContinuousClock.now
                if stream.assembler.entryCount >= SourceContext.batchCountMax
                    || stream.assembler.byteCount >= SourceContext.batchByteCountMax
                {
                    try await put(stream, isEnd: false)
                }
            case .tooLong(let beginning):
                stream.assembler.refuse(
                    .lineTooLong, "a line may have \(LineConnection.lineByteCountMax) bytes", beginning: beginning)
            case .nothing:
                let isEnd = isLast || ContinuousClock.now - stream.lastLine >= SourceContext.joinTimeout
                try await put(stream, isEnd: isEnd)
                return true
            case .closed:
                try await put(stream, isEnd: true)
                return false
            }
        }
    }

    private func put(_ stream: Stream, isEnd: Bool) async throws(AgentError) {
        if isEnd { stream.assembler.flush(context.defaults(settings)) }
        let (batch, refused) = stream.assembler.takeBatch()
        context.refuse(refused, input: settings.name)
        if !batch.isEmpty { try await context.intake.put(batch, mark: nil, whenSynced: nil) }
    }
}
