import Glibc
import LogModel

/// Reads a file's lines from a position on, a piece of the file at a time, and goes on when the file has grown.
struct LineCursor {
    enum Line: Equatable {
        /// The line's place in `bytes`, its `\n` included where it has one.
        case whole(Range<Int>)
        /// A line past the bound: how long it is, and its first bytes.
        case tooLong(byteCount: Int64, beginning: [UInt8])
        /// Nothing more for now. Bytes after the last `\n` stay for the next call.
        case end
    }

    static let pieceByteCount = 256 << 10

    /// What was read and not yet passed over.
    private(set) var bytes: [UInt8] = []
    /// Where the next line starts in the file.
    private(set) var offset: Int64
    /// Lines before `offset`.
    private(set) var lineCount: Int
    /// Where in `bytes` the next line starts.
    private var start = 0
    /// Before this there is no `\n` in `bytes` from `start` on.
    private var searched = 0
    private var longLine: (byteCount: Int64, beginning: [UInt8])?
    private let lineByteCountMax: Int

    init(offset: Int64, lineCount: Int, lineByteCountMax: Int) {
        self.offset = offset
        self.lineCount = lineCount
        self.lineByteCountMax = lineByteCountMax
    }

    /// Where the next byte is read from the file.
    var readOffset: Int64 { offset + (longLine?.byteCount ?? 0) + Int64(bytes.count - start) }

    /// The next line. `.whole` is valid until the next call.
    ///
    /// - Parameter isLast: The file will not grow: what is left at its end is a line without a `\n`.
    mutating func next(_ descriptor: Int32, path: String, isLast: Bool) throws(AgentError) -> Line {
        while true {
            if let lineEnd = newline() {
                let range = start..<lineEnd + 1
                start = lineEnd + 1
                searched = start
                lineCount += 1
                if let long = longLine { return finish(long, restByteCount: range.count) }
                offset += Int64(range.count)
                guard range.count <= lineByteCountMax + 1 else {
                    return .tooLong(
                        byteCount: Int64(range.count), beginning: Array(bytes[range].prefix(lineByteCountMax)))
                }
                return .whole(range)
            }
            if longLine != nil || bytes.count - start > lineByteCountMax { passOverLongPart() }
            bytes.removeFirst(start)
            start = 0
            searched = bytes.count
            let count = try Files.readPiece(
                descriptor, at: readOffset, byteCount: LineCursor.pieceByteCount, into: &bytes, path: path)
            guard count == 0 else { continue }
            guard isLast, longLine != nil || !bytes.isEmpty else { return .end }
            lineCount += 1
            let rest = 0..<bytes.count
            start = bytes.count
            searched = start
            if let long = longLine { return finish(long, restByteCount: rest.count) }
            offset += Int64(rest.count)
            return .whole(rest)
        }
    }

    private func newline() -> Int? {
        bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress, searched < all.count,
                let found = memchr(base + searched, 0x0a, all.count - searched)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Keeps the beginning of a long line and lets go of what was read of the rest.
    private mutating func passOverLongPart() {
        var long = longLine ?? (0, Array(bytes[start...].prefix(lineByteCountMax)))
        long.byteCount += Int64(bytes.count - start)
        longLine = long
        start = bytes.count
    }

    private mutating func finish(_ long: (byteCount: Int64, beginning: [UInt8]), restByteCount: Int) -> Line {
        let byteCount = long.byteCount + Int64(restByteCount)
        longLine = nil
        offset += byteCount
        return .tooLong(byteCount: byteCount, beginning: long.beginning)
    }
}
