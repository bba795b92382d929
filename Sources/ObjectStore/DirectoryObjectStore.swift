import Glibc

/// Objects as files of a directory: `root/ab/cdef…` for the key `abcdef…`.
///
/// An object is a second name of the file that it was made of, where both are on one file system, so that nothing is copied.
public struct DirectoryObjectStore: ObjectStore {
    public let root: String
    private let isApart: Bool

    /// - Parameters:
    ///   - root: Made, with those above it, when the first object is put.
    ///   - isApart: Whether objects are copies in any case: damage to one is none to the other then.
    public init(_ root: String, isApart: Bool = false) {
        self.root = root
        self.isApart = isApart
    }

    private func folder(_ key: String) -> String { root + "/" + key.prefix(2) }
    private func path(_ key: String) -> String { folder(key) + "/" + key.dropFirst(2) }

    public func put(_ key: String, fileAt source: String) throws(ObjectStoreError) {
        try ObjectKey.check(key)
        let target = path(key)
        let sourceByteCount = try DirectoryObjectStore.byteCount(source)
        guard let sourceByteCount else {
            throw ObjectStoreError(.missing, "there is no file to make an object of", location: source)
        }
        if let known = try DirectoryObjectStore.byteCount(target) {
            if known == sourceByteCount { return }
            // Not whole: a disk that broke, as a crash leaves none.
            guard unlink(target) == 0 || errno == ENOENT else { throw .system("remove a damaged object", target) }
        }
        try DirectoryObjectStore.sync(source)
        try makeFolder(key)
        if isApart {
            try DirectoryObjectStore.copy(source, to: target)
        } else if link(source, target) != 0, errno != EEXIST {
            guard errno == EXDEV || errno == EPERM || errno == EMLINK else { throw .system("make an object", target) }
            try DirectoryObjectStore.copy(source, to: target)
        }
        try DirectoryObjectStore.sync(folder(key))
    }

    public func replace(_ key: String, fileAt source: String) throws(ObjectStoreError) {
        try ObjectKey.check(key)
        try makeFolder(key)
        try DirectoryObjectStore.copy(source, to: path(key))
        try DirectoryObjectStore.sync(folder(key))
    }

    public func byteCount(of key: String) throws(ObjectStoreError) -> UInt64? {
        try ObjectKey.check(key)
        return try DirectoryObjectStore.byteCount(path(key))
    }

    public func read(
        _ key: String, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ObjectStoreError) -> Int {
        try ObjectKey.check(key)
        let path = path(key)
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw .system("open an object", path) }
        defer { close(file) }
        var count = 0
        while count < buffer.count {
            let got = pread(file, buffer.baseAddress! + count, buffer.count - count, off_t(offset) + off_t(count))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system("read an object", path) }
            if got == 0 { break }
            count += got
        }
        return count
    }

    public func remove(_ key: String) throws(ObjectStoreError) {
        try ObjectKey.check(key)
        let path = path(key)
        guard unlink(path) == 0 || errno == ENOENT else { throw .system("remove an object", path) }
    }

    public func keys(after key: String?, limit: Int) throws(ObjectStoreError) -> [String] {
        var keys: [String] = []
        let first = key.map { String($0.prefix(2)) } ?? ""
        for folder in try DirectoryObjectStore.names(root) where folder.utf8.count == 2 && folder >= first {
            for name in try DirectoryObjectStore.names(root + "/" + folder) where ObjectKey.isValid(folder + name) {
                if let key, folder + name <= key { continue }
                keys.append(folder + name)
                if keys.count == limit { return keys }
            }
        }
        return keys
    }

    // MARK: Files

    private func makeFolder(_ key: String) throws(ObjectStoreError) {
        var made = ""
        let parts = folder(key).split(separator: "/")
        for (index, part) in parts.enumerated() {
            let above = made
            made += (made.isEmpty && !root.hasPrefix("/") ? "" : "/") + part
            if mkdir(made, index == parts.count - 1 ? 0o700 : 0o750) == 0 {
                try DirectoryObjectStore.sync(above.isEmpty ? (root.hasPrefix("/") ? "/" : ".") : above)
            } else if errno != EEXIST {
                throw .system("make a directory", made)
            }
        }
    }

    /// Nil where there is no such file.
    private static func byteCount(_ path: String) throws(ObjectStoreError) -> UInt64? {
        var info = stat()
        guard lstat(path, &info) == 0 else {
            if errno == ENOENT { return nil }
            throw .system("look at a file", path)
        }
        return UInt64(info.st_size)
    }

    /// A file's bytes or a directory's names.
    private static func sync(_ path: String) throws(ObjectStoreError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .system("open a file", path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw .system("sync a file", path) }
    }

    /// Under another name first, so that the object is whole when it has its own.
    private static func copy(_ source: String, to target: String) throws(ObjectStoreError) {
        let temporary = target + ".new"
        let from = open(source, O_RDONLY | O_CLOEXEC)
        guard from >= 0 else { throw .system("open a file", source) }
        defer { close(from) }
        let to = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard to >= 0 else { throw .system("make an object", temporary) }
        defer { close(to) }
        while true {
            let count = sendfile(to, from, nil, 1 << 20)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("write an object", temporary) }
            if count == 0 { break }
        }
        guard fsync(to) == 0, rename(temporary, target) == 0 else { throw .system("write an object", target) }
    }

    /// In order; none where there is no such directory.
    private static func names(_ path: String) throws(ObjectStoreError) -> [String] {
        guard let directory = opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw .system("list a directory", path)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
