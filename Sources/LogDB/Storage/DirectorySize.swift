import Glibc

/// How much the files of a directory take.
enum DirectorySize {
    /// Bytes of the files that lie in `directory` itself and whose names end so; 0 when it cannot be read.
    static func byteCount(of directory: String, suffix: String = "") -> UInt64 {
        guard let stream = opendir(directory) else { return 0 }
        defer { closedir(stream) }
        var total: UInt64 = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var info = stat()
            if name.hasSuffix(suffix), stat("\(directory)/\(name)", &info) == 0, info.st_mode & S_IFMT == S_IFREG {
                total += UInt64(info.st_size)
            }
        }
        return total
    }
}
