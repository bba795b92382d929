import Glibc
import Synchronization

/// Uploads that are not complete: a file each, `ACCOUNT-NAME.part`, to which what comes is appended. What a crash leaves is
/// gone on with; one that became an object is `.sealed` before that, so that nobody appends to an object.
///
/// Every call blocks on the disk.
final class ArtifactDrafts: Sendable {
    /// Which upload.
    struct Name: Sendable, Hashable {
        let account: UInt64
        /// A hash of session and path, so that no part of it comes from outside.
        let hash: [UInt8]

        init(account: UInt64, session: UInt64, path: ArtifactPath) {
            self.account = account
            hash = Array(OpenSSL.sha256(Array("\(session)/\(path.text)".utf8)).prefix(16))
        }

        var file: String { "\(account)-\(AuditLog.hexadecimal(hash))" }
    }

    let directory: String
    /// Bytes of drafts by account.
    private let held = Mutex<[UInt64: UInt64]>([:])

    /// - Parameter directory: Made with the first draft.
    init(_ directory: String) {
        self.directory = directory
        for name in names {
            if name.hasSuffix(".sealed") {
                unlink(directory + "/" + name)
            } else if let account = ArtifactDrafts.account(name) {
                add(Int64(ArtifactDrafts.status(directory + "/" + name)?.byteCount ?? 0), account)
            }
        }
    }

    private func path(_ name: Name) -> String { directory + "/" + name.file + ".part" }
    func sealedPath(_ name: Name) -> String { directory + "/" + name.file + ".sealed" }

    func byteCount(of account: UInt64) -> UInt64 { held.withLock { $0[account] ?? 0 } }

    private func add(_ count: Int64, _ account: UInt64) {
        held.withLock { held in
            let sum = Int64(held[account] ?? 0) + count
            held[account] = sum > 0 ? UInt64(sum) : nil
        }
    }

    /// How much of it has come; nil where there is none.
    func byteCount(_ name: Name) -> UInt64? { ArtifactDrafts.status(path(name))?.byteCount }

    /// Opens it for appending.
    ///
    /// - Parameter isNew: Begin anew.
    func open(_ name: Name, isNew: Bool) throws(ArtifactError) -> Draft {
        if isNew { remove(name) }
        // Those of the data directory itself are there.
        if mkdir(directory, 0o700) != 0, errno != EEXIST { throw .system("make a directory", directory) }
        let file = Glibc.open(path(name), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system("open a draft", path(name)) }
        return Draft(file, path(name)) { [self] in add(Int64($0), name.account) }
    }

    /// Takes the draft out of reach of further parts.
    ///
    /// - Returns: Where the file is.
    func seal(_ name: Name) throws(ArtifactError) -> String {
        guard rename(path(name), sealedPath(name)) == 0 else { throw .system("close a draft", path(name)) }
        return sealedPath(name)
    }

    func removeSealed(_ name: Name) {
        let count = ArtifactDrafts.status(sealedPath(name))?.byteCount ?? 0
        if unlink(sealedPath(name)) == 0 { add(-Int64(count), name.account) }
    }

    func remove(_ name: Name) {
        let count = byteCount(name) ?? 0
        if unlink(path(name)) == 0 { add(-Int64(count), name.account) }
    }

    /// Removes what nobody has gone on with since.
    ///
    /// - Parameters:
    ///   - time: In seconds since the epoch.
    ///   - isBusy: Whether somebody is at it, by the name of the file.
    func removeIdle(since time: Int64, isBusy: (String) -> Bool) {
        for name in names {
            let path = directory + "/" + name
            guard let account = ArtifactDrafts.account(name), let status = ArtifactDrafts.status(path),
                status.changed < time, !isBusy(String(name.dropLast(5))), unlink(path) == 0
            else { continue }
            add(-Int64(status.byteCount), account)
        }
    }

    /// Nil for what is no draft.
    private static func account(_ name: String) -> UInt64? {
        name.hasSuffix(".part") ? UInt64(name.prefix { $0 != "-" }) : nil
    }

    private static func status(_ path: String) -> (byteCount: UInt64, changed: Int64)? {
        var info = stat()
        return lstat(path, &info) == 0 ? (UInt64(info.st_size), Int64(info.st_mtim.tv_sec)) : nil
    }

    private var names: [String] {
        guard let directory = opendir(directory) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }
}

/// An upload's file, open for appending. Used by one upload at a time.
final class Draft: Sendable {
    private let file: Int32
    private let path: String
    private let onWrite: @Sendable (Int) -> Void

    fileprivate init(_ file: Int32, _ path: String, onWrite: @escaping @Sendable (Int) -> Void) {
        self.file = file
        self.path = path
        self.onWrite = onWrite
    }

    deinit { close(file) }

    func append(_ bytes: UnsafeRawBufferPointer) throws(ArtifactError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = write(file, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("write a draft", path) }
            onWrite(count)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// Reads the whole of it.
    ///
    /// - Returns: Its SHA-256, its CRC-32 and its size.
    func digest() throws(ArtifactError) -> (hash: [UInt8], checksum: UInt32, byteCount: UInt64) {
        let hash = OpenSSL.Digest()
        var checksum = Checksum()
        var offset: off_t = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = pread(file, buffer.baseAddress, buffer.count, offset)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("read a draft", path) }
            if count == 0 { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(bytes)
            checksum.update(bytes)
            offset += off_t(count)
        }
        return (hash.finish(), checksum.value, UInt64(offset))
    }
}

extension ArtifactError {
    /// What the last system call said.
    static func system(_ action: String, _ path: String) -> ArtifactError {
        let number = errno
        return ArtifactError(
            number == ENOSPC || number == EDQUOT ? .diskFull : .io,
            "could not \(action) at \(path): \(String(cString: strerror(number)))")
    }
}
