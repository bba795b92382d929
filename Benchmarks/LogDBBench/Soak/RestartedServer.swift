import Synchronization

/// A server that is killed now and then and started again on the same data, on another port each time.
final class RestartedServer: Sendable {
    private let binary: String
    private let directory: String
    private let current: Mutex<Running>

    // Unchecked: the process is asked from under the lock alone.
    private struct Running: @unchecked Sendable {
        var process: ServerProcess
    }

    init(binary: String, directory: String) throws {
        self.binary = binary
        self.directory = directory
        current = Mutex(Running(process: try ServerProcess(binary: binary, directory: directory)))
    }

    /// Of the server that runs; while one starts, whoever asks waits for it.
    var port: UInt16 { current.withLock { $0.process.port } }

    func residentByteCount() throws -> Int { try current.withLock { try $0.process.residentByteCount() } }

    /// Ends the server at once, and starts the next.
    ///
    /// - Returns: How long that took to be ready, in seconds.
    func killAndStart() throws -> Double {
        try current.withLock { running in
            running.process.killNow()
            running.process = try ServerProcess(binary: binary, directory: directory)
            return running.process.readySeconds
        }
    }

    func stop() { current.withLock { $0.process.stop() } }
}
