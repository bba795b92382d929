import Glibc

/// Directories with all that is in them.
enum FileTree {
    /// Removes a directory and what is in it, or a file. Nothing, where there is none.
    ///
    /// - Throws: `.io`.
    static func remove(_ path: String) throws(LogError) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        let isDirectory = info.st_mode & S_IFMT == S_IFDIR
        if isDirectory {
            for name in DirectoryListing.names(path) { try remove(path + "/" + name) }
        }
        guard (isDirectory ? rmdir(path) : unlink(path)) == 0 else {
            throw LogError(.io, "could not remove it: \(String(cString: strerror(errno)))", location: path)
        }
    }
}
