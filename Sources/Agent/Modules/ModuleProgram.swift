import Glibc
import LogModel

/// Keeps a module's program running and takes what it writes to standard output and standard error, on a thread of its
/// own. At the end the module is asked to end (SIGTERM) and heard to its last line.
actor ModuleProgram {
    /// How long a module may take to end once it was asked to; then it is killed.
    static let endTimeout = Duration.seconds(30)
    /// One that ran so long is started again at once; one that ended sooner after a wait that doubles.
    private static let steadyTime = Duration.seconds(60)
    private static let firstWait = Duration.seconds(1)
    private static let longestWait = Duration.seconds(30)
    private static let waitMilliseconds: Int32 = 100

    private let executor = BlockingExecutor(label: "logdb.module")
    private let settings: ModuleSettings
    private let lines: InputSettings
    private let context: SourceContext
    private let restarts: ModuleRestarts
    private let states: ModuleStates
    private let endTimeout: Duration

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ settings: ModuleSettings, context: SourceContext, restarts: ModuleRestarts, states: ModuleStates,
        endTimeout: Duration = ModuleProgram.endTimeout
    ) {
        self.settings = settings
        self.context = context
        self.restarts = restarts
        self.states = states
        self.endTimeout = endTimeout
        var lines = InputSettings(.standardInput)
        lines.module = settings.name
        lines.logger = "console"
        lines.multiline = .traceback
        self.lines = lines
    }

    private enum End {
        case notStarted(String)
        /// As wait(2) has it.
        case ended(Int32)

        var isFailure: Bool { if case .ended(0) = self { false } else { true } }
    }

    /// Runs the module until a stop is asked for and it has ended, or it ended and is not to be started again.
    func run(stop: StopRequest) async throws(AgentError) {
        var wait = ModuleProgram.firstWait
        while !stop.isMade {
            let start = ContinuousClock.now
            let (end, isRestart) = try await runOnce(stop)
            if stop.isMade { return }
            if isRestart { continue }
            let isAgain = settings.restart == .always || (settings.restart == .onFailure && end.isFailure)
            if ContinuousClock.now - start >= ModuleProgram.steadyTime { wait = ModuleProgram.firstWait }
            try await note(end, wait: isAgain ? wait : nil)
            guard isAgain else { return }
            await rest(wait, stop)
            wait = min(wait * 2, ModuleProgram.longestWait)
        }
    }

    /// - Returns: How it ended, and whether it was to be started again.
    private func runOnce(_ stop: StopRequest) async throws(AgentError) -> (End, isRestart: Bool) {
        let program: RunningProgram
        let connection: LineConnection
        do throws(AgentError) {
            program = try RunningProgram(Program(arguments: settings.command, environment: settings.environment))
            connection = try program.lines()
        } catch {
            return (.notStarted(error.message), false)
        }
        states.didStart(settings.name, process: program.process)
        defer { states.didStop(settings.name) }
        var assembler = LineAssembler(lines)
        var deadline: ContinuousClock.Instant?
        var isRestart = false
        var lastLine = ContinuousClock.now
        while true {
            if deadline == nil {
                isRestart = restarts.take(settings.name)
                if isRestart || stop.isMade {
                    program.terminate()
                    deadline = ContinuousClock.now + endTimeout
                }
            } else if let deadline, ContinuousClock.now >= deadline {
                program.kill()
            }
            let isOpen = await wait(connection)
            let status = program.poll()
            if try await read(connection, &assembler) { lastLine = .now }
            let isQuiet = ContinuousClock.now - lastLine >= SourceContext.joinTimeout
            try await put(&assembler, isEnd: status != nil || isQuiet)
            if let status {
                // What it started and left behind ends with it.
                program.kill()
                return (.ended(status), isRestart)
            }
            if !isOpen { await pause() }
        }
    }

    /// Waits for the module to write.
    ///
    /// - Returns: False where it has closed its output, and nothing can be waited for.
    private func wait(_ connection: LineConnection) async -> Bool {
        var file = pollfd(fd: connection.file.number, events: Int16(POLLIN), revents: 0)
        poll(&file, 1, ModuleProgram.waitMilliseconds)
        // Lets others on this actor's thread go on.
        await Task.yield()
        return Int32(file.revents) & POLLIN != 0 || Int32(file.revents) & POLLHUP == 0
    }

    private func pause() async { try? await Task.sleep(for: .milliseconds(Int(ModuleProgram.waitMilliseconds))) }

    private func rest(_ wait: Duration, _ stop: StopRequest) async {
        let end = ContinuousClock.now + wait
        while ContinuousClock.now < end, !stop.isMade, !Task.isCancelled {
            if restarts.take(settings.name) { return }
            await pause()
        }
    }

    /// - Returns: Whether there was a line.
    private func read(
        _ connection: LineConnection, _ assembler: inout LineAssembler
    ) async throws(AgentError) -> Bool {
        var hasRead = false
        while true {
            switch connection.next() {
            case .line(let line):
                hasRead = true
                if line.withUnsafeBytes({ assembler.isOtherKind($0) }) { try await put(&assembler, isEnd: true) }
                line.withUnsafeBytes { _ = assembler.take($0, context.defaults(lines)) }
                if assembler.entryCount >= SourceContext.batchCountMax
                    || assembler.byteCount >= SourceContext.batchByteCountMax
                {
                    try await put(&assembler, isEnd: false)
                }
            case .tooLong(let beginning):
                assembler.refuse(
                    .lineTooLong, "a line may have \(LineConnection.lineByteCountMax) bytes", beginning: beginning)
            case .nothing, .closed: return hasRead
            }
        }
    }

    private func put(_ assembler: inout LineAssembler, isEnd: Bool) async throws(AgentError) {
        if isEnd { assembler.flush(context.defaults(lines)) }
        let (batch, refused) = assembler.takeBatch()
        context.refuse(refused, input: ModuleProgram.inputName(settings.name))
        if !batch.isEmpty { try await context.intake.put(batch, mark: nil, whenSynced: nil) }
    }

    static func inputName(_ module: String) -> String { "module:\(module)" }

    /// That a module ended by itself is told where its entries are.
    private func note(_ end: End, wait: Duration?) async throws(AgentError) {
        let what: String
        switch end {
        case .notStarted(let reason): what = "cannot be started: \(reason)"
        case .ended(let status) where status & 0x7f == 0: what = "ended with status \((status >> 8) & 0xff)"
        case .ended(let status): what = "was ended by signal \(status & 0x7f)"
        }
        states.didEnd(settings.name, what, isAgain: wait != nil)
        let then = wait.map { "; it is started again in \($0.components.seconds) s" } ?? ""
        let message = "the module \(settings.name) \(what)\(then)"
        context.say(message)
        let defaults = context.defaults(lines)
        let entry = Entry(
            time: WallClock.now(), level: end.isFailure ? .error : .info, device: defaults.device ?? "",
            session: defaults.session ?? "", module: settings.name, logger: "logdb-agent", message: message)
        try await context.intake.put(Batch([entry]), mark: nil, whenSynced: nil)
    }
}
