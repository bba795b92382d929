import Glibc
import LogModel

/// A file that is being read: where it stands, and the lines since the last cut. Belongs to the reader.
final class TrackedFile {
    let path: String
    private(set) var key: FilePosition.Key
    private(set) var cursor: LineCursor
    /// The lines since the last cut, once there is one.
    var decoder: LineDecoder?
    var rejectedLines: [RejectedLine] = []
    /// When the first line since the last cut was read.
    var pendingSince: ContinuousClock.Instant?
    var pendingByteCount = 0
    /// Nil until the first character that tells.
    var isText: Bool?
    /// Of what was read, as of the last time that the position was asked for.
    private var fingerprint = Fingerprint()
    private let file: Files.Descriptor

    private static var lineByteCountMax: Int { EntryDecoder.Limits().lineByteCountMax }

    /// Opens the file at its beginning.
    ///
    /// - Throws: `.io`, or `.invalidArgument` for what is not a regular file.
    init(_ path: String) throws(AgentError) {
        let file = try Files.openFile(path, O_RDONLY | O_NONBLOCK, doing: "read")
        let status = try TrackedFile.status(file.number, path: path)
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AgentError(
                .invalidArgument, "\(path) is not a regular file; only a file can be gone on with after an interruption"
            )
        }
        var beginning: [UInt8] = []
        _ = try Files.readPiece(
            file.number, at: 0, byteCount: CompressedFormat.signatureByteCountMax, into: &beginning, path: path)
        if let format = CompressedFormat(beginning: beginning) {
            throw AgentError(
                .invalidArgument,
                "\(path) is compressed with \(format.rawValue); ship the file that \(format.unpackCommand) makes of it")
        }
        self.path = path
        self.file = file
        key = FilePosition.Key(status)
        cursor = LineCursor(offset: 0, lineCount: 0, lineByteCountMax: TrackedFile.lineByteCountMax)
    }

    var byteCount: Int64 { get throws(AgentError) { Int64(try TrackedFile.status(file.number, path: path).st_size) } }

    /// Goes on where `remembered` says, as far as this is still that file.
    ///
    /// - Returns: What to tell a person about it, if anything.
    func resume(_ remembered: FilePosition?) throws(AgentError) -> String? {
        let continuation = try Continuation(remembered: remembered, byteCount: try byteCount) {
            (byteCount) throws(AgentError) in
            try Fingerprint(of: file.number, byteCount: byteCount, path: path)
        }
        switch continuation {
        case .start:
            return nil
        case .goOn:
            fingerprint = remembered?.fingerprint ?? Fingerprint()
            move(to: remembered?.offset ?? 0, lineCount: remembered?.lineCount ?? 0)
            return nil
        case .cut(let byteCount):
            fingerprint = remembered?.fingerprint ?? Fingerprint()
            move(to: byteCount, lineCount: try lineCount(before: byteCount))
            return "\(path) was cut to \(byteCount) bytes, all of them shipped before; going on after them"
        case .replaced:
            return "\(path) has other content than before (truncated or rotated); shipping it from its beginning"
        }
    }

    /// Passes over what the file has.
    func skipToEnd() throws(AgentError) {
        let end = try byteCount
        move(to: end, lineCount: try lineCount(before: end))
    }

    /// Of its first bytes.
    func fingerprint(byteCount: Int64) throws(AgentError) -> Fingerprint {
        try Fingerprint(of: file.number, byteCount: byteCount, path: path)
    }

    /// Starts over at the beginning of the file, whose content has been replaced.
    func restart() {
        move(to: 0, lineCount: 0)
        fingerprint = Fingerprint()
        isText = nil
    }

    func nextLine(isLast: Bool) throws(AgentError) -> LineCursor.Line {
        try cursor.next(file.number, path: path, isLast: isLast)
    }

    /// Where the file stands after the last line read.
    func position() throws(AgentError) -> FilePosition {
        // Taken once for the bytes it covers: those on disk now may be another content's already.
        if fingerprint.byteCount < min(Int(cursor.offset), Fingerprint.byteCountMax) {
            fingerprint = try Fingerprint(of: file.number, byteCount: cursor.offset, path: path)
        }
        return FilePosition(
            key: key, path: path, offset: cursor.offset, lineCount: cursor.lineCount, fingerprint: fingerprint)
    }

    /// Whether the content that was read is gone from the file: truncated, or written anew in place.
    func isReplaced() throws(AgentError) -> Bool {
        if try byteCount < cursor.readOffset { return true }
        let now = try Fingerprint(of: file.number, byteCount: Int64(fingerprint.byteCount), path: path)
        return now != fingerprint
    }

    /// Whether the name now means another file, or none.
    var isRotated: Bool {
        var status = stat()
        return stat(path, &status) != 0 || FilePosition.Key(status) != key
    }

    /// The first character that is not white space, from the file's beginning; nil when there is none yet.
    func firstCharacter() throws(AgentError) -> UInt8? {
        var bytes: [UInt8] = []
        _ = try Files.readPiece(file.number, at: 0, byteCount: 4_096, into: &bytes, path: path)
        let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
        return text.first { $0 > 0x20 } ?? (bytes.count == 4_096 ? 0 : nil)
    }

    private func move(to offset: Int64, lineCount: Int) {
        cursor = LineCursor(offset: offset, lineCount: lineCount, lineByteCountMax: TrackedFile.lineByteCountMax)
    }

    private func lineCount(before end: Int64) throws(AgentError) -> Int {
        var offset: Int64 = 0
        var count = 0
        var piece: [UInt8] = []
        while offset < end {
            piece.removeAll(keepingCapacity: true)
            let wanted = Int(min(end - offset, Int64(LineCursor.pieceByteCount)))
            let readCount = try Files.readPiece(file.number, at: offset, byteCount: wanted, into: &piece, path: path)
            if readCount == 0 { break }
            count += piece.lazy.filter { $0 == 0x0a }.count
            offset += Int64(readCount)
        }
        return count
    }

    private static func status(_ descriptor: Int32, path: String) throws(AgentError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Files.failure("look at", path) }
        return status
    }
}
