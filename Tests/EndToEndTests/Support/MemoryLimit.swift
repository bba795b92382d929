import Foundation
import Glibc

/// A control group whose processes may have so much memory together; past it the kernel ends one of them.
final class MemoryLimit {
    /// What a shell runs to be in it.
    var command: String { "echo $$ >\(path)/cgroup.procs" }

    private let path: String

    private static let root = "/sys/fs/cgroup"
    /// Version 1 has a tree for memory alone.
    private static let isVersion1 = FileManager.default.fileExists(atPath: root + "/memory/cgroup.procs")

    /// Whether this process may make such a group.
    static let isAllowed = (try? MemoryLimit(byteCount: 1 << 30)) != nil

    init(byteCount: Int) throws {
        let folder = MemoryLimit.isVersion1 ? "/memory" : ""
        path = "\(MemoryLimit.root)\(folder)/logdb-test-\(UUID().uuidString)"
        guard mkdir(path, 0o755) == 0 else { throw Stuck("no control group: \(String(cString: strerror(errno)))") }
        let file = MemoryLimit.isVersion1 ? "memory.limit_in_bytes" : "memory.max"
        guard let handle = FileHandle(forWritingAtPath: "\(path)/\(file)") else {
            rmdir(path)
            throw Stuck("control groups do not limit memory here")
        }
        try handle.write(contentsOf: Data("\(byteCount)\n".utf8))
        try handle.close()
    }

    deinit { rmdir(path) }
}
