import Glibc

/// A program that shows standard output page by page, while it runs.
struct Pager {
    private let process: pid_t

    /// Starts `LOGDB_PAGER`, else `PAGER`, else `less`, and lets standard output go to it. Nil where standard output is no
    /// terminal, or one without pages, or there is no pager.
    static func start() -> Pager? {
        guard isatty(STDOUT_FILENO) == 1, Terminal.environment("TERM") != "dumb", let command = Pager.command else {
            return nil
        }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let words: [String] = ["sh", "-c", command]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        // Quits by itself when all fits the screen, shows colours, and leaves what was shown.
        setenv("LESS", "FRX", 0)
        var process: pid_t = 0
        let status = posix_spawn(&process, "/bin/sh", &actions, nil, &arguments, environ)
        close(ends[0])
        guard status == 0 else {
            close(ends[1])
            return nil
        }
        dup2(ends[1], STDOUT_FILENO)
        close(ends[1])
        return Pager(process: process)
    }

    /// Ends the output and waits until the pager is left.
    func finish() {
        // Its reader is told that nothing more comes; later writes go nowhere.
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        dup2(nowhere, STDOUT_FILENO)
        close(nowhere)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// Nil: none is wanted, or there is none.
    private static var command: String? {
        for name in ["LOGDB_PAGER", "PAGER"] {
            guard let value = getenv(name).map({ String(cString: $0) }) else { continue }
            return value.isEmpty || value == "cat" ? nil : value
        }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { access("\($0)/less", X_OK) == 0 } ? "less" : nil
    }
}
