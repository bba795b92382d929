import Glibc
import LogModel

/// Reads one module's sink from a position on. What it has read is not taken back: whoever reads keeps the position with
/// the entries. Belongs to one thread at a time.
final class SinkTail {
    /// What one reading found.
    struct Reading {
        var byteCount = 0
        /// Lines whose checksum does not hold: what a crash cut short, or damage.
        var damagedCount = 0
        var isAtEnd = false
    }

    let name: String
    let directory: String
    /// Before it everything was read.
    private(set) var position: SinkPosition
    private var segment: OpenSegment?

    private final class OpenSegment {
        let number: UInt64
        let file: Files.Descriptor

        init(_ number: UInt64, _ file: consuming Files.Descriptor) {
            self.number = number
            self.file = file
        }
    }

    /// Read at a time: a put's worth, whatever a module logs.
    static let readByteCountMax = 512 << 10
    /// No line is longer: an entry has at most 1 MiB, and its JSON may escape each byte.
    private static let lineByteCountMax = 8 << 20

    init(name: String, root: String, position: SinkPosition) {
        self.name = name
        directory = "\(root)/\(name)"
        self.position = position
    }

    /// Reads on, and hands over each entry's JSON.
    func read(_ body: (UnsafeRawBufferPointer) -> Void) throws(AgentError) -> Reading {
        var reading = Reading()
        while reading.byteCount < SinkTail.readByteCountMax {
            // First whether the segment has a successor: then nothing is added to it any more.
            let next = try successor()
            guard try openSegment() else {
                guard let next else {
                    reading.isAtEnd = true
                    return reading
                }
                position = SinkPosition(segment: next, offset: 0)
                continue
            }
            let count = try readLines(&reading, body)
            reading.byteCount += count
            guard count == 0 else { continue }
            guard let next else {
                reading.isAtEnd = true
                return reading
            }
            if try hasRest() { reading.damagedCount += 1 }
            position = SinkPosition(segment: next, offset: 0)
        }
        return reading
    }

    /// Whether the process that logs here has ended, however that was.
    func isAbandoned() -> Bool {
        let file = open("\(directory)/\(SinkLayout.lock)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return errno == ENOENT }
        defer { close(file) }
        return flock(file, LOCK_EX | LOCK_NB) == 0
    }

    /// Tells the process that everything before `position` is safe. After a loss of power the file may be gone: then the
    /// process is too, and the agent knows by itself.
    static func confirm(_ position: SinkPosition, directory: String) throws(AgentError) {
        try Files.swap("\(directory)/\(SinkLayout.confirmed)", with: Array(position.text.utf8))
    }

    static func confirmed(directory: String) -> SinkPosition? {
        let path = "\(directory)/\(SinkLayout.confirmed)"
        guard Files.exists(path), let bytes = try? Files.read(path) else { return nil }
        return SinkPosition(String(decoding: bytes, as: UTF8.self))
    }

    /// Removes the sink of a process that has ended.
    func remove() throws(AgentError) {
        segment = nil
        // The lock last: without it the sink counts as abandoned, and is removed again.
        for file in try Files.names(in: directory) where file != SinkLayout.lock {
            try Files.remove("\(directory)/\(file)")
        }
        try Files.remove("\(directory)/\(SinkLayout.lock)")
        guard rmdir(directory) == 0 || errno == ENOENT else { throw Files.failure("remove", directory) }
    }

    /// The first segment after the one of the position.
    private func successor() throws(AgentError) -> UInt64? {
        try Files.names(in: directory).compactMap { SinkLayout.segmentNumber($0) }.filter { $0 > position.segment }
            .min()
    }

    /// - Returns: False where the segment is not there.
    private func openSegment() throws(AgentError) -> Bool {
        if segment?.number == position.segment { return true }
        let path = "\(directory)/\(SinkLayout.segment(position.segment))"
        guard Files.exists(path) else { return false }
        segment = OpenSegment(position.segment, try Files.openFile(path, O_RDONLY, doing: "read"))
        return true
    }

    /// Reads the whole lines of a piece of the segment.
    ///
    /// - Returns: How many bytes the position has moved.
    private func readLines(
        _ reading: inout Reading, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(AgentError) -> Int {
        let piece = try piece()
        guard let end = piece.lastIndex(of: 0x0a) else { return 0 }
        piece.withUnsafeBytes { bytes in
            var start = 0
            while start <= end, let lineEnd = bytes[start...end].firstIndex(of: 0x0a) {
                let line = UnsafeRawBufferPointer(rebasing: bytes[start..<lineEnd])
                if let found = SinkLine.read(line) {
                    body(UnsafeRawBufferPointer(rebasing: line[found.start...]))
                } else {
                    reading.damagedCount += 1
                }
                start = lineEnd + 1
            }
        }
        position.offset += UInt64(end + 1)
        return end + 1
    }

    /// Bytes from the position on: more of them until there is a line end.
    private func piece() throws(AgentError) -> [UInt8] {
        guard let segment else { return [] }
        var bytes: [UInt8] = []
        while bytes.count <= SinkTail.lineByteCountMax {
            let start = bytes.count
            let count = try Files.readPiece(
                segment.file.number, at: Int64(position.offset) + Int64(start), byteCount: 64 << 10, into: &bytes,
                path: directory)
            if count == 0 || bytes[start...].contains(0x0a) { break }
        }
        return bytes
    }

    /// Whether everything that is there was read, but for a line that a crash has cut short.
    func isAtEnd() throws(AgentError) -> Bool {
        guard try successor() == nil else { return false }
        guard try openSegment() else { return true }
        return try !piece().contains(0x0a)
    }

    private func hasRest() throws(AgentError) -> Bool { try !piece().isEmpty }
}
