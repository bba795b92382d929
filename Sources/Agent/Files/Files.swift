import Glibc

/// The few file operations that the agent's durability rests on. Each says in its error which file it was about.
enum Files {
    /// A descriptor that is closed with its owner.
    struct Descriptor: ~Copyable {
        let number: Int32
        init(_ number: Int32) { self.number = number }
        deinit { close(number) }
    }

    static func failure(_ doing: String, _ path: String) -> AgentError {
        let code = errno == ENOSPC || errno == EDQUOT ? AgentError.Code.diskFull : .io
        return AgentError(code, "cannot \(doing) \(path): \(String(cString: strerror(errno)))")
    }

    /// What files are made with that others of the group may read.
    static let modeOfFiles: mode_t = 0o640
    /// What secrets are made with.
    static let modeOfSecrets: mode_t = 0o600

    /// - Parameter mode: Of a file that is made.
    static func openFile(
        _ path: String, _ flags: Int32, mode: mode_t = modeOfFiles, doing: String
    ) throws(AgentError) -> Descriptor {
        let number = open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw failure(doing, path) }
        return Descriptor(number)
    }

    static func read(_ path: String) throws(AgentError) -> [UInt8] {
        let file = try openFile(path, O_RDONLY, doing: "read")
        var bytes: [UInt8] = []
        while try readPiece(file.number, at: Int64(bytes.count), byteCount: 256 << 10, into: &bytes, path: path) > 0 {}
        return bytes
    }

    /// Appends up to `byteCount` bytes from `offset` on; 0 at the end of the file.
    static func readPiece(
        _ descriptor: Int32, at offset: Int64, byteCount: Int, into bytes: inout [UInt8], path: String
    ) throws(AgentError) -> Int {
        var count = -1
        let piece = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initializedCount in
            repeat {
                count = pread(descriptor, buffer.baseAddress, byteCount, off_t(offset))
            } while count < 0 && errno == EINTR
            initializedCount = max(count, 0)
        }
        guard count >= 0 else { throw failure("read", path) }
        bytes.append(contentsOf: piece)
        return count
    }

    static func byteCount(_ descriptor: Int32, path: String) throws(AgentError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("look at", path) }
        return Int64(status.st_size)
    }

    /// Returns when what was written to the file is on disk.
    static func sync(_ descriptor: Int32, path: String) throws(AgentError) {
        // Never `.diskFull`, which would be tried again: what a failed sync left behind nobody knows.
        guard fdatasync(descriptor) == 0 else { throw AgentError(.io, failure("sync", path).message) }
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(AgentError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + offset, bytes.count - offset)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure("write", path) }
            offset += count
        }
    }

    /// Puts `bytes` in place of the file: after a crash it has the old content or the new, never a part. On return the
    /// new content is on disk.
    ///
    /// - Parameter mode: Who may read and write the file from then on.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = modeOfFiles) throws(AgentError) {
        let draft = path + draftSuffix
        do {
            let file = try openFile(draft, O_WRONLY | O_CREAT | O_TRUNC, mode: mode, doing: "write")
            // A draft that was left behind may have been made with another.
            if mode == modeOfSecrets, fchmod(file.number, mode) != 0 { throw failure("protect", draft) }
            try write(bytes, to: file.number, path: draft)
            guard fsync(file.number) == 0 else { throw failure("sync", draft) }
        }
        guard rename(draft, path) == 0 else { throw failure("rename", draft) }
        try syncDirectory(directory(of: path))
    }

    /// As `replace`, but nothing is waited for: a loss of power may leave either content, or none.
    static func swap(_ path: String, with bytes: [UInt8]) throws(AgentError) {
        let draft = path + draftSuffix
        do {
            let file = try openFile(draft, O_WRONLY | O_CREAT | O_TRUNC, doing: "write")
            try write(bytes, to: file.number, path: draft)
        }
        guard rename(draft, path) == 0 else { throw failure("rename", draft) }
    }

    /// Files that `replace` had not finished when the process ended carry it.
    static let draftSuffix = ".draft"

    /// Appends `bytes`, on disk on return.
    static func append(_ bytes: [UInt8], to path: String) throws(AgentError) {
        let file = try openFile(path, O_WRONLY | O_CREAT | O_APPEND, doing: "write")
        try write(bytes, to: file.number, path: path)
        guard fsync(file.number) == 0 else { throw failure("sync", path) }
        try syncDirectory(directory(of: path))
    }

    /// Cuts the file to its first `byteCount` bytes, on disk on return.
    static func truncate(_ path: String, to byteCount: Int64) throws(AgentError) {
        let file = try openFile(path, O_WRONLY, doing: "cut")
        guard ftruncate(file.number, off_t(byteCount)) == 0, fsync(file.number) == 0 else { throw failure("cut", path) }
    }

    /// The path without links; nil where nothing is there.
    static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Removes the file. That this reached the disk is not waited for.
    static func remove(_ path: String) throws(AgentError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    static func syncDirectory(_ path: String) throws(AgentError) {
        let file = try openFile(path, O_RDONLY | O_DIRECTORY, doing: "open")
        guard fsync(file.number) == 0 else { throw failure("sync", path) }
    }

    /// Makes the directory and those above it.
    static func makeDirectory(_ path: String) throws(AgentError) {
        if mkdir(path, 0o750) == 0 {
            try syncDirectory(directory(of: path))
            return
        }
        if errno == ENOENT, !exists(directory(of: path)) {
            try makeDirectory(directory(of: path))
            try makeDirectory(path)
            return
        }
        // Once the directory above is there, asking again would only be answered the same.
        let reason = errno
        var status = stat()
        guard reason == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            errno = reason
            throw failure("make the directory", path)
        }
    }

    /// The names in a directory, sorted.
    static func names(in path: String) throws(AgentError) -> [String] {
        guard let directory = opendir(path) else { throw failure("list", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether nobody but the file's owner may read or write it.
    static func isPrivate(_ path: String) throws(AgentError) -> Bool {
        var status = Glibc.stat()
        guard stat(path, &status) == 0 else { throw failure("look at", path) }
        return status.st_mode & 0o077 == 0
    }

    /// The files that a pattern of the shell finds, sorted; a path without any of its signs is itself, if it is there.
    static func matches(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in found.gl_pathv[index].map { String(cString: $0) } }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isDirectory(_ path: String) -> Bool {
        var status = Glibc.stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
