import Glibc

/// Holds a file locked against other processes for as long as it lives; the kernel lets go of it when the process ends,
/// however it ends.
struct FileLock: ~Copyable {
    private let file: Files.Descriptor

    /// - Parameter otherwise: What to say when another holder is alive.
    /// - Throws: `.locked` when one is.
    init(_ path: String, otherwise: String) throws(AgentError) {
        let file = try Files.openFile(path, O_RDWR | O_CREAT, doing: "open")
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw Files.failure("lock", path) }
            throw AgentError(.locked, otherwise)
        }
        self.file = file
    }
}
