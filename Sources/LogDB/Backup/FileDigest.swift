import Glibc

/// Reads and writes whole files in pieces, hashing what passes.
enum FileDigest {
    static let pieceByteCount = 1 << 20

    /// The size of a file and the SHA-256 of its bytes, in hexadecimal.
    ///
    /// - Throws: `.io`.
    static func read(_ path: String) throws(LogError) -> (byteCount: UInt64, hash: String) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open a file", path) }
        defer { close(file) }
        let digest = Sha256()
        var total: UInt64 = 0
        var buffer = [UInt8](repeating: 0, count: pieceByteCount)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress!, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read a file", path) }
            if count == 0 { break }
            buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            total += UInt64(count)
        }
        return (total, Sha256.hexadecimal(digest.finish()))
    }

    /// Writes a file, piece by piece, and makes it durable.
    ///
    /// - Parameter next: Gives the next piece; an empty one is the end.
    /// - Returns: Its size, and its SHA-256 in hexadecimal.
    static func write(
        _ path: String, _ next: () throws(LogError) -> [UInt8]
    ) throws(LogError) -> (byteCount: UInt64, hash: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("make a file", path) }
        defer { close(file) }
        let digest = Sha256()
        var total: UInt64 = 0
        while true {
            let piece = try next()
            if piece.isEmpty { break }
            piece.withUnsafeBytes { digest.update($0) }
            try append(piece, to: file, path)
            total += UInt64(piece.count)
        }
        guard fsync(file) == 0 else { throw failure("sync a file", path) }
        return (total, Sha256.hexadecimal(digest.finish()))
    }

    /// Writes all of `bytes` to an open file.
    static func append(_ bytes: [UInt8], to file: Int32, _ path: String) throws(LogError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write a file", path) }
            offset += count
        }
    }

    static func syncDirectory(_ path: String) throws(LogError) {
        let directory = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard directory >= 0 else { throw failure("open a directory", path) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("sync a directory", path) }
    }

    static func failure(_ action: String, _ path: String) -> LogError {
        LogError(
            errno == ENOSPC || errno == EDQUOT ? .diskFull : .io,
            "could not \(action): \(String(cString: strerror(errno)))", location: path)
    }
}
