import Glibc
import LogModel

/// Cuts a file, or what arrives on standard input, into pieces of whole lines. Reading blocks. One caller at a time.
final class LineInput: @unchecked Sendable {
    // Unchecked: the run that owns it awaits each call before the next.

    enum Reading: Sendable {
        case piece(Piece)
        /// A line without an end within `Piece.byteCountMax`; it was passed over.
        case tooLong(line: Int)
        case end
    }

    let name: String
    /// The file's absolute path; nil for standard input.
    let path: String?
    private let descriptor: Int32
    private let isFile: Bool
    private var buffer: [UInt8] = []
    /// The place of `buffer` in the input, and the number of the line that starts there.
    private var offset: Int64 = 0
    private var line = 1
    private var isAtEnd = false
    private let stop: StopRequest
    /// Waiting for more was given up because of `stop`.
    private(set) var isStopped = false

    private static let readByteCount = 256 << 10
    /// Lines of a pipe that wait for more to come are sent after this long.
    private static let idleMilliseconds: Int32 = 200

    /// - Parameters:
    ///   - name: A path, or `-` for standard input.
    ///   - stop: Ends waiting for a pipe that has nothing for now.
    init(_ name: String, stop: StopRequest) throws(CommandFailure) {
        self.stop = stop
        guard name != "-" else {
            self.name = "standard input"
            path = nil
            descriptor = STDIN_FILENO
            isFile = false
            return
        }
        self.name = name
        descriptor = open(name, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw CommandFailure("\(name): \(LineInput.lastError)", kind: .input) }
        var info = stat()
        if fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw CommandFailure("\(name): is a directory; name the files in it", kind: .input)
        }
        isFile = info.st_mode & S_IFMT == S_IFREG
        path = LineInput.absolute(name)
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// Bytes of the file now; nil for what is no file.
    var byteCount: Int64? {
        var info = stat()
        return isFile && fstat(descriptor, &info) == 0 ? Int64(info.st_size) : nil
    }

    /// The name without its directory.
    var shortName: String { name.split(separator: "/").last.map(String.init) ?? name }

    /// Whether reading can go back.
    var isSeekable: Bool { isFile }

    /// The next lines: of a file a power of two of them, as many as there are up to `lineCountMax`.
    func next(lineCountMax: Int) throws(CommandFailure) -> Reading {
        var lineEnds: [Int] = []
        var searched = 0
        while true {
            findLines(&lineEnds, from: &searched, lineCountMax: lineCountMax)
            if lineEnds.count >= lineCountMax || buffer.count >= Piece.byteCountMax || isAtEnd { break }
            if !isFile, !lineEnds.isEmpty, !isReadable { break }
            try read()
        }
        guard lineEnds.isEmpty else { return .piece(take(lineEnds)) }
        if buffer.isEmpty || isStopped { return .end }
        if isAtEnd {
            var piece = take([buffer.count])
            piece.isUnterminated = true
            return .piece(piece)
        }
        return .tooLong(line: try passOverLine())
    }

    /// The input's first byte that is no white space and no byte order mark, which stays to be read. Nil: there is none
    /// in what a batch may hold.
    func peek() throws(CommandFailure) -> UInt8? {
        while true {
            let start = buffer.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
            if let byte = buffer[start...].first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) { return byte }
            if isAtEnd || buffer.count >= Piece.byteCountMax { return nil }
            try read()
        }
    }

    /// How the input is compressed, by what `peek` has read; nil where it is not.
    func compressedFormat() throws(CommandFailure) -> CompressedFormat? {
        // Of a pipe no more is waited for.
        while isFile, !isAtEnd, buffer.count < CompressedFormat.signatureByteCountMax { try read() }
        return CompressedFormat(beginning: buffer)
    }

    /// Goes to a place that an earlier piece or its prefix ended at.
    func seek(to offset: Int64, line: Int) {
        buffer.removeAll()
        self.offset = offset
        self.line = line
        isAtEnd = false
    }

    private func findLines(_ lineEnds: inout [Int], from searched: inout Int, lineCountMax: Int) {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            while lineEnds.count < lineCountMax, searched < bytes.count {
                guard let found = memchr(base + searched, 0x0a, bytes.count - searched) else {
                    searched = bytes.count
                    return
                }
                searched = UnsafeRawPointer(found) - base + 1
                // The first line is taken whatever its length: it is refused where it can be named.
                guard searched <= Piece.byteCountMax || lineEnds.isEmpty else {
                    searched = bytes.count
                    return
                }
                lineEnds.append(searched)
            }
        }
    }

    private func take(_ found: [Int]) -> Piece {
        var count = found.count
        if isFile { count = 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount) }
        let lineEnds = Array(found.prefix(count))
        let byteCount = lineEnds[count - 1]
        let piece = Piece(
            bytes: Array(buffer[..<byteCount]), lineEnds: lineEnds, offset: offset, firstLine: line)
        buffer.removeFirst(byteCount)
        offset += Int64(byteCount)
        line += count
        return piece
    }

    private func passOverLine() throws(CommandFailure) -> Int {
        while true {
            if let end = buffer.firstIndex(of: 0x0a) {
                buffer.removeFirst(end + 1)
                offset += Int64(end + 1)
                line += 1
                return line - 1
            }
            offset += Int64(buffer.count)
            buffer.removeAll(keepingCapacity: true)
            if isAtEnd {
                line += 1
                return line - 1
            }
            try read()
        }
    }

    private func read() throws(CommandFailure) {
        while !isFile, !isReadable {
            guard stop.isMade else { continue }
            isStopped = true
            isAtEnd = true
            return
        }
        let position = off_t(offset) + off_t(buffer.count)
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: LineInput.readByteCount) { target, initializedCount in
            repeat {
                count =
                    isFile
                    ? pread(descriptor, target.baseAddress, target.count, position)
                    : Glibc.read(descriptor, target.baseAddress, target.count)
            } while count < 0 && errno == EINTR
            initializedCount = max(0, count)
        }
        if count < 0 { throw CommandFailure("\(name): \(LineInput.lastError)", kind: .input) }
        buffer += bytes
        isAtEnd = bytes.isEmpty
    }

    /// Whether more arrives without a long wait.
    private var isReadable: Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, LineInput.idleMilliseconds) > 0
    }

    private static func absolute(_ name: String) -> String {
        guard let resolved = realpath(name, nil) else { return name }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}
