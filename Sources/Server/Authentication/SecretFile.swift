import Glibc

/// Secrets that the server makes for itself: a file in the data directory that only its owner reads. They are no part of
/// the store, so that a backup of it holds none.
enum SecretFile {
    static let directoryName = "secrets"

    /// The bytes of the file `name`, which is made with `count` random ones when it is not there.
    ///
    /// - Throws: `ServerError` `.secrets` when it cannot be read, made or kept to its owner.
    static func read(_ name: String, count: Int, in dataDirectory: String) throws(ServerError) -> [UInt8] {
        let directory = dataDirectory + "/" + directoryName
        let path = directory + "/" + name
        try makeDirectories(directory)
        if let bytes = try existing(path) {
            guard bytes.count == count else {
                throw ServerError(
                    .secrets,
                    "\(path) is damaged: it has \(bytes.count) bytes, not \(count); remove it, and everyone "
                        + "signs in anew")
            }
            return bytes
        }
        let bytes = OpenSSL.random(count)
        try write(bytes, to: path)
        return bytes
    }

    /// Makes a directory for its owner only, and those above it.
    static func makeDirectories(_ path: String) throws(ServerError) {
        var made = ""
        let parts = path.split(separator: "/")
        for (index, part) in parts.enumerated() {
            made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            // As the store makes the data directory itself.
            let mode: mode_t = index == parts.count - 1 ? 0o700 : 0o750
            if mkdir(made, mode) != 0, errno != EEXIST { throw failure("make", made) }
        }
    }

    /// Makes the file whole or not at all.
    static func write(_ bytes: [UInt8], to path: String) throws(ServerError) {
        let temporary = path + ".new"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("make", temporary) }
        let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        let isSynced = fsync(file) == 0
        close(file)
        guard written == bytes.count, isSynced, rename(temporary, path) == 0 else { throw failure("write", path) }
    }

    /// Nil when there is no such file.
    ///
    /// - Parameter isSecret: Refuse a file that others may read.
    static func existing(_ path: String, isSecret: Bool = true) throws(ServerError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read", path)
        }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_size >= 0, info.st_size < 1 << 20 else { throw failure("read", path) }
        guard !isSecret || info.st_mode & 0o077 == 0 else {
            throw ServerError(
                .secrets,
                "\(path) may be read by others than its owner; run chmod 600 on it, after asking yourself "
                    + "who has read it")
        }
        var bytes = [UInt8](repeating: 0, count: Int(info.st_size))
        let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw failure("read", path) }
        return bytes
    }

    /// Makes the names in a directory durable.
    static func sync(_ directory: String) throws(ServerError) {
        let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open", directory) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("sync", directory) }
    }

    private static func failure(_ action: String, _ path: String) -> ServerError {
        ServerError(.secrets, "could not \(action) \(path): \(String(cString: strerror(errno)))")
    }
}
