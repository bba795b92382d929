import Glibc

/// How full the disk of a path is.
enum DiskSpace {
    /// The share of the disk that is free to this process, 0 to 1; nil where the system does not say.
    static func freeFraction(_ path: String) -> Double? {
        var info = statvfs()
        guard statvfs(path, &info) == 0, info.f_blocks > 0 else { return nil }
        return Double(info.f_bavail) / Double(info.f_blocks)
    }
}
