import Glibc
import Synchronization

/// A program that runs, and the pipe of what it writes, standard error with it. Ends with its owner. Belongs to one
/// thread at a time.
final class RunningProgram {
    let process: pid_t
    private let output: Files.Descriptor
    private var status: Int32?

    /// One program is started at a time: another would inherit the pipe that is not yet marked, and hold it open.
    private static let starting = Mutex(())

    /// - Throws: `AgentError` `.io` where it cannot be started.
    init(_ program: Program) throws(AgentError) {
        guard let path = program.arguments.first else { throw AgentError(.invalidArgument, "there is no program") }
        var started: pid_t = 0
        output = try RunningProgram.starting.withLock { _ throws(AgentError) in
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw Files.failure("make a pipe for", path) }
            let reading = Files.Descriptor(ends[0])
            let writing = Files.Descriptor(ends[1])
            guard fcntl(reading.number, F_SETFL, O_NONBLOCK) == 0, fcntl(reading.number, F_SETFD, FD_CLOEXEC) == 0,
                fcntl(writing.number, F_SETFD, FD_CLOEXEC) == 0
            else { throw Files.failure("read from", path) }
            started = try RunningProgram.spawn(program, path: path, output: writing.number)
            return reading
        }
        process = started
    }

    deinit {
        kill()
        if status == nil {
            var ended: Int32 = 0
            while waitpid(process, &ended, 0) < 0, errno == EINTR {}
        }
    }

    /// Asks it, and what it started, to end.
    func terminate() { Glibc.kill(-process, SIGTERM) }

    /// Ends it and what it started.
    func kill() { Glibc.kill(-process, SIGKILL) }

    /// How it ended, as wait(2) says it; nil while it runs.
    func poll() -> Int32? {
        if let status { return status }
        var ended: Int32 = 0
        guard waitpid(process, &ended, WNOHANG) == process else { return nil }
        status = ended
        return ended
    }

    /// What it writes, line by line, through a descriptor of its own.
    func lines() throws(AgentError) -> LineConnection {
        let copy = fcntl(output.number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Files.failure("read from", "a program") }
        return LineConnection(Files.Descriptor(copy))
    }

    /// Hands over what was written.
    ///
    /// - Parameter waitMilliseconds: How long to wait for the first of it.
    /// - Returns: Whether more may come: the pipe is open.
    @discardableResult
    func readAvailable(waitMilliseconds: Int32, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        var ready = pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)
        Glibc.poll(&ready, 1, waitMilliseconds)
        return withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            while true {
                let count = read(output.number, buffer.baseAddress, buffer.count)
                if count > 0 {
                    body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
                } else {
                    if count == 0 || errno != EINTR { return count < 0 && errno == EAGAIN }
                }
            }
        }
    }

    private static func spawn(_ program: Program, path: String, output: Int32) throws(AgentError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        // The agent ignores some signals, which a program would inherit.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // Threads of Dispatch block all signals: a program could not be asked to end.
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var process: pid_t = 0
        let code = withCStrings(program.arguments) { arguments in
            withCStrings(variables(program.environment)) { environment in
                posix_spawn(&process, path, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            throw AgentError(.io, String(cString: strerror(code)))
        }
        return process
    }

    /// The agent's own environment and what is added, as `NAME=value`. Credentials of the agent stay with it.
    private static func variables(_ added: [String: String]) -> [String] {
        var own: [String] = []
        var next = environ
        while let variable = next.pointee {
            let text = String(cString: variable)
            let name = text.prefix { $0 != "=" }
            if !name.hasPrefix("LOGDB_"), name != "NOTIFY_SOCKET", name != "WATCHDOG_PID", name != "WATCHDOG_USEC" {
                own.append(text)
            }
            next += 1
        }
        return own + added.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
}

/// Hands texts over as C has them: an array that ends with null.
private func withCStrings<R>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
