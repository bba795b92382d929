import Glibc

/// How full a disk is, in bytes.
struct DiskSpace: Equatable, Sendable {
    /// What this process may still take.
    var freeByteCount: UInt64
    var byteCount: UInt64

    /// The disk of a path; nil where the system does not say.
    static func of(_ path: String) -> DiskSpace? {
        var info = statvfs()
        guard statvfs(path, &info) == 0, info.f_blocks > 0 else { return nil }
        let unit = UInt64(info.f_frsize)
        return DiskSpace(freeByteCount: UInt64(info.f_bavail) * unit, byteCount: UInt64(info.f_blocks) * unit)
    }
}
