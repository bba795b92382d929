import Glibc
import ObjectStore

/// The directory that a backup is to be put into. Nobody opens the store in it while this is there.
final class RestoreTarget {
    /// Directories of a data directory that hold secrets: no part of a backup, and kept where a directory is replaced.
    static let secretDirectories = ["ca", "secrets"]

    private let directory: String
    private let isReplacing: Bool
    /// RocksDB's file for that, open and locked; -1 where there is none.
    private var lock: Int32 = -1

    /// - Throws: `.invalidArgument` when the directory holds something and is not to be replaced; `.locked` when somebody
    ///   has it open; `.io`.
    init(_ directory: String, isReplacing: Bool) throws(LogError) {
        self.directory = directory
        self.isReplacing = isReplacing
        try check()
    }

    deinit { if lock >= 0 { close(lock) } }

    /// To be asked again before the directory is touched: what was not there may have come.
    func check() throws(LogError) {
        let names = try DirectoryListing.all(directory).filter { !RestoreTarget.secretDirectories.contains($0) }
        guard isReplacing || names.isEmpty else {
            throw LogError(
                .invalidArgument, "the directory is not empty; --replace puts the backup in its place",
                location: directory)
        }
        if names.contains("LOCK") { try takeLock() }
    }

    private func takeLock() throws(LogError) {
        guard lock < 0 else { return }
        lock = open(directory + "/LOCK", O_RDWR | O_CLOEXEC)
        guard lock >= 0 else { throw FileDigest.failure("open a file", directory + "/LOCK") }
        // As RocksDB locks it: a lock of the process, which goes when this is closed.
        var wanted = flock(
            l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        if fcntl(lock, F_SETLK, &wanted) != 0 {
            throw LogError(
                .locked, "another process has the data directory open; stop it first", location: directory)
        }
    }

    /// Refuses a place in the directory: what is there goes with it.
    ///
    /// - Throws: `.invalidArgument`.
    func checkIsOutside(_ path: String, _ message: String) throws(LogError) {
        let (inner, outer) = (RestoreTarget.canonical(path), RestoreTarget.canonical(directory))
        guard inner != outer, !inner.hasPrefix(outer + "/") else {
            throw LogError(.invalidArgument, message, location: path)
        }
    }

    /// The path without links, of which the last parts need not be there.
    private static func canonical(_ path: String) -> String {
        var (head, tail) = (path, "")
        while true {
            if let real = realpath(head.isEmpty ? "/" : head, nil) {
                defer { free(real) }
                let text = String(cString: real)
                return (text == "/" ? "" : text) + tail
            }
            guard let slash = head.lastIndex(of: "/") else {
                (head, tail) = (".", "/" + head + tail)
                continue
            }
            tail = head[slash...] + tail
            head = String(head[..<slash])
        }
    }
}
