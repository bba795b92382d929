import Glibc

/// Which artifacts there are: a line each of its SHA-256 in hexadecimal, a space, its size in bytes and a line end. A file, so
/// that any number of them takes no memory.
enum ArtifactList {
    /// In the directory of a checkpoint.
    static let name = "artifact-list"

    struct Line: Sendable {
        /// SHA-256 in hexadecimal.
        var hash: String
        var byteCount: UInt64

        var bytes: [UInt8] { Array("\(hash) \(byteCount)\n".utf8) }

        /// - Throws: `.corruption`.
        fileprivate init(_ bytes: ArraySlice<UInt8>, _ path: String) throws(LogError) {
            let parts = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].count == 2 * Sha256.byteCount,
                parts[0].allSatisfy({ digits.contains($0) }),
                let byteCount = UInt64(String(decoding: parts[1], as: UTF8.self))
            else { throw LogError(.corruption, "a line of the list of artifacts does not read", location: path) }
            hash = String(decoding: parts[0], as: UTF8.self)
            self.byteCount = byteCount
        }

        init(hash: [UInt8], byteCount: UInt64) {
            self.hash = Sha256.hexadecimal(hash)
            self.byteCount = byteCount
        }
    }

    private static let digits = Set("0123456789abcdef".utf8)

    /// Writes the list of what `source` has in the tables that `reader` sees.
    static func write(_ source: ArtifactSource, _ reader: TableReader, to path: String) throws(LogError) -> UInt64 {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileDigest.failure("make a file", path) }
        defer { close(file) }
        var waiting: [UInt8] = []
        var count: UInt64 = 0
        try source.forEach(reader) { (hash, byteCount) throws(LogError) in
            waiting += Line(hash: hash, byteCount: byteCount).bytes
            count += 1
            guard waiting.count >= FileDigest.pieceByteCount else { return }
            try FileDigest.append(waiting, to: file, path)
            waiting.removeAll(keepingCapacity: true)
        }
        try FileDigest.append(waiting, to: file, path)
        return count
    }

    /// Reads the list at `path`, line by line.
    ///
    /// - Throws: `.corruption`, `.io`, or what `body` throws.
    static func forEach(_ path: String, _ body: (Line) throws(LogError) -> Void) throws(LogError) {
        guard let file = fopen(path, "re") else { throw FileDigest.failure("open a file", path) }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while true {
            let count = getline(&line, &capacity, file)
            guard count >= 0, let start = line else { break }
            let bytes = UnsafeRawBufferPointer(start: start, count: count)
            guard bytes.last == UInt8(ascii: "\n") else {
                throw LogError(.corruption, "the list of artifacts ends within a line", location: path)
            }
            try body(try Line(Array(bytes.dropLast())[...], path))
        }
        guard ferror(file) == 0 else { throw FileDigest.failure("read a file", path) }
    }
}
