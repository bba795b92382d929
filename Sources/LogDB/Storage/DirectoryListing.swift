import Glibc

/// The names in a directory.
enum DirectoryListing {
    /// In no order, without `.` and `..`; none where there is no such directory, or it does not read.
    static func names(_ path: String) -> [String] { (try? all(path)) ?? [] }

    /// The same for whoever must not take a directory that does not read for an empty one.
    ///
    /// - Throws: `.io`.
    static func all(_ path: String) throws(LogError) -> [String] {
        guard let directory = opendir(path) else {
            if errno == ENOENT { return [] }
            throw failure(path)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                guard errno == 0 else { throw failure(path) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    private static func failure(_ path: String) -> LogError {
        LogError(.io, "could not list a directory: \(String(cString: strerror(errno)))", location: path)
    }
}
