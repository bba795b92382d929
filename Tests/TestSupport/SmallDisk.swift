import Glibc

/// A disk of a few megabytes, in memory, that a test can fill. Mounting it needs root.
public final class SmallDisk: Sendable {
    public let path: String

    /// Whether this process may mount one; tests that need one are skipped, and counted so, where it may not.
    public static let isAllowed: Bool = {
        var template = Array("/tmp/logdb-test-disk-XXXXXX".utf8CString)
        guard geteuid() == 0, mkdtemp(&template) != nil else { return false }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { rmdir(path) }
        guard mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0 else { return false }
        umount2(path, Int32(MNT_DETACH))
        return true
    }()

    /// - Parameter path: A directory, made when it is not there.
    public init(at path: String, megabytes: Int) throws {
        self.path = path
        mkdir(path, 0o755)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            throw SmallDiskError(description: "could not mount at \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Fills the disk with a file, down to so many free bytes.
    public func fill(leaving byteCount: Int) {
        let file = open(path + "/ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(file) }
        let piece = [UInt8](repeating: 0, count: 64 << 10)
        lseek(file, 0, SEEK_END)
        while freeByteCount > byteCount {
            let count = min(piece.count, freeByteCount - byteCount)
            guard count > 0, write(file, piece, count) > 0 else { break }
        }
    }

    /// Gives back what `fill` took.
    public func free() { unlink(path + "/ballast") }

    public var freeByteCount: Int {
        var info = statvfs()
        return statvfs(path, &info) == 0 ? Int(info.f_bavail) * Int(info.f_frsize) : 0
    }
}

struct SmallDiskError: Error, CustomStringConvertible {
    let description: String
}
