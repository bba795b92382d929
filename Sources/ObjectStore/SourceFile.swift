import Glibc

/// The file that an object is made of.
struct SourceFile: ~Copyable {
    private let descriptor: Int32
    private let path: String
    let byteCount: Int
    /// Its permissions.
    let mode: mode_t

    init(_ path: String) throws(ObjectStoreError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open a file", path) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else {
            let error = ObjectStoreError.system("look at a file", path)
            close(descriptor)
            throw error
        }
        byteCount = Int(info.st_size)
        mode = info.st_mode & 0o777
    }

    deinit { close(descriptor) }

    func read(_ range: Range<Int>) throws(ObjectStoreError) -> [UInt8] {
        var failure: ObjectStoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                let got = pread(
                    descriptor, buffer.baseAddress! + count, range.count - count, off_t(range.lowerBound + count))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    failure =
                        got == 0
                        ? ObjectStoreError(.io, "the file became shorter", location: path)
                        : .system("read a file", path)
                    return
                }
                count += got
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
