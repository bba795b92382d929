import Glibc

/// A stream socket of the Unix domain that takes connections. Its file goes with it.
final class UnixListener {
    let file: Files.Descriptor
    private let path: String

    /// - Throws: `AgentError` `.unusableEndpoint` where somebody listens there already, or the path is too long; `.io`.
    init(_ path: String) throws(AgentError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw AgentError(.unusableEndpoint, "the path \(path) is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try Files.makeDirectory(Files.directory(of: path))
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw Files.failure("make the socket", path) }
        let file = Files.Descriptor(number)
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        func call(_ body: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
            withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) } }
        }
        // The file of an agent that crashed is still there, and nobody answers.
        if Files.exists(path) {
            let probe = Files.Descriptor(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
            guard call({ connect(probe.number, $0, length) }) != 0 else {
                throw AgentError(.unusableEndpoint, "somebody listens at \(path) already")
            }
            try Files.remove(path)
        }
        guard call({ bind(number, $0, length) }) == 0, chmod(path, 0o660) == 0, listen(number, 64) == 0,
            fcntl(number, F_SETFL, O_NONBLOCK) == 0
        else { throw Files.failure("listen at", path) }
        self.file = file
        self.path = path
    }

    deinit { unlink(path) }

    /// The next connection; nil while there is none.
    func accept() -> LineConnection? {
        let number = Glibc.accept(file.number, nil, nil)
        guard number >= 0 else { return nil }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        return LineConnection(Files.Descriptor(number))
    }
}
