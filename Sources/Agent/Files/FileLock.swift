import Glibc

/// Holds a file locked against other processes for as long as it lives; the kernel lets go of it when the process ends,
/// however it ends.
struct FileLock: ~Copyable {
    private let file: Files.Descriptor

    /// - Parameter refusal: What a person is told when another holder is alive.
    /// - Throws: `.locked` then.
    init(_ path: String, refusal: String) throws(AgentError) {
        let file = try Files.openFile(path, O_RDWR | O_CREAT, doing: "open")
        var attemptCount = 0
        while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw Files.failure("lock", path) }
            attemptCount += 1
            guard attemptCount < FileLock.attemptCountMax else { throw AgentError(.locked, refusal) }
            usleep(FileLock.waitMicroseconds)
        }
        self.file = file
    }

    /// A program that a holder has just started has the lock too, until it is executed, though the holder let go of it.
    private static let attemptCountMax = 20
    private static let waitMicroseconds: UInt32 = 10_000
}
