import Glibc
import LogModel

/// How far a file has been read, and which file that was: a name can come to mean another file, and a file can get
/// another name.
struct FilePosition: Codable, Sendable, Hashable {
    /// What the file system knows a file by. It may give the same to another file later.
    struct Key: Codable, Sendable, Hashable {
        var device: UInt64
        var inode: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    var key: Key
    /// The name it was last read under, for messages.
    var path: String
    /// Bytes before this are in batches.
    var offset: Int64
    /// Lines before `offset`.
    var lineCount: Int
    /// The first bytes of what was read.
    var fingerprint: Fingerprint

    init(key: Key, path: String, offset: Int64 = 0, lineCount: Int = 0, fingerprint: Fingerprint = Fingerprint()) {
        self.key = key
        self.path = path
        self.offset = offset
        self.lineCount = lineCount
        self.fingerprint = fingerprint
    }
}

/// A file's first bytes, by their number and their hash: tells a file from another that got its inode, or its place.
struct Fingerprint: Codable, Sendable, Hashable {
    var byteCount = 0
    var hash = [UInt8]().withUnsafeBytes { ByteHash.hash($0) }

    /// More would tell little more: log files differ in their first lines' times.
    static let byteCountMax = 1_024

    init() {}

    /// Of the first `byteCount` bytes (at most `byteCountMax`); of fewer where the file has fewer.
    init(of descriptor: Int32, byteCount: Int64, path: String) throws(AgentError) {
        var bytes: [UInt8] = []
        let wanted = Int(min(byteCount, Int64(Fingerprint.byteCountMax)))
        while bytes.count < wanted {
            let count = try Files.readPiece(
                descriptor, at: Int64(bytes.count), byteCount: wanted - bytes.count, into: &bytes, path: path)
            if count == 0 { break }
        }
        self.byteCount = bytes.count
        hash = bytes.withUnsafeBytes { ByteHash.hash($0) }
    }
}

/// Where to go on in a file that is found under a name, given what is remembered of it.
enum Continuation: Equatable {
    /// Never seen, or seen to be another file than the one remembered.
    case start
    case goOn
    /// The bytes that were read are partly gone; what is left of them was shipped, so go on after the last of it.
    case cut(toByteCount: Int64)
    /// The file was emptied or written anew in place.
    case replaced

    init(remembered: FilePosition?, byteCount: Int64, fingerprint: (Int64) throws(AgentError) -> Fingerprint)
        throws(AgentError)
    {
        guard let remembered else {
            self = .start
            return
        }
        let expected = remembered.fingerprint
        guard byteCount >= Int64(expected.byteCount), try fingerprint(Int64(expected.byteCount)) == expected else {
            self = .replaced
            return
        }
        self = byteCount < remembered.offset ? .cut(toByteCount: byteCount) : .goOn
    }
}
