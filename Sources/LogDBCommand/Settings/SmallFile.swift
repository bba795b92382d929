import Glibc

/// A file of text that is read or written whole.
enum SmallFile {
    private static let byteCountMax = 1 << 20

    static func read(_ path: String) throws(CommandFailure) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: byteCountMax + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            if got < 0 { throw failure(path) }
            if got == 0 { break }
            count += got
        }
        guard count <= byteCountMax else { throw CommandFailure("\(path) has more than \(byteCountMax) bytes") }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
            throw CommandFailure("\(path) is no text in UTF-8")
        }
        return text
    }

    /// Makes a file that only its owner reads.
    static func write(_ text: String, to path: String) throws(CommandFailure) {
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CommandFailure("could not make \(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            throw CommandFailure("could not write \(path): \(String(cString: strerror(errno)))")
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("could not read \(path): \(String(cString: strerror(errno)))")
    }
}
