import Glibc

/// What another process would find of a lock, asked with a lock of an open file, which minds those of its own process too.
enum OtherLock {
    /// Leaves the file open: closing it would let go of what the process has locked of it.
    static func isHeld(_ path: String) -> Bool {
        let file = open(path, O_RDWR)
        guard file >= 0 else { return false }
        var wanted = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        // F_OFD_GETLK, which the module does not have.
        guard fcntl(file, 36, &wanted) == 0 else { return false }
        return wanted.l_type != Int16(F_UNLCK)
    }
}
