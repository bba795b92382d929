import Glibc

/// Holds a file locked against other processes for as long as it lives; the kernel lets go of it when the process ends,
/// however it ends.
struct FileLock: ~Copyable {
    private let file: Files.Descriptor

    /// - Parameter refusal: What a person is told when another holder is alive.
    /// - Throws: `.locked` then.
    init(_ path: String, refusal: String) throws(AgentError) {
        let file = try Files.openFile(path, O_RDWR | O_CREAT, doing: "open")
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw Files.failure("lock", path) }
            throw AgentError(.locked, refusal)
        }
        self.file = file
    }
}
