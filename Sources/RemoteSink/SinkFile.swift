import Glibc
import LogModel

/// A process's file of entries: segments that are appended to, and removed once the agent has confirmed them.
///
/// A write is one system call into the kernel's cache: it survives the process, however it ends, and waits for no disk.
/// Against a loss of power it is the agent that protects. Belongs to one thread at a time.
struct SinkFile: ~Copyable {
    private let directory: String
    private let lock: Int32
    private let segmentByteCountMax: Int
    private let byteCountMax: Int
    private var descriptor: Int32
    /// The segment that is written to, and the bytes that it has.
    private var current = SinkPosition.start
    /// The oldest segment that is there.
    private var first: UInt64 = 1
    /// Bytes of all segments that are there.
    private var byteCount = 0
    private var confirmed = SinkPosition.start

    /// Makes the sink's directory, complete and locked before it gets the name by which the agent finds it.
    init(_ options: RemoteSinkOptions, name: String) throws(RemoteSinkError) {
        let draft = "\(options.directory)/\(SinkLayout.draftPrefix)\(name)"
        let directory = "\(options.directory)/\(name)"
        try SinkFile.makeDirectories(options.directory)
        guard mkdir(draft, 0o770) == 0 else { throw SinkFile.failure("make", draft) }
        // Whatever the process keeps from others by itself: the agent, of the same group, writes here too.
        chmod(draft, 0o2770)
        let lock = open(draft + "/" + SinkLayout.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw SinkFile.failure("lock", draft) }
        let segment = SinkFile.openSegment(draft, 1)
        guard segment >= 0, rename(draft, directory) == 0 else { throw SinkFile.failure("make", directory) }
        self.directory = directory
        self.lock = lock
        descriptor = segment
        byteCountMax = max(options.byteCountMax, RemoteSinkOptions.byteCountMin)
        // Small enough that what is confirmed is soon given back, large enough to be few.
        segmentByteCountMax = byteCountMax / 8
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        close(lock)
    }

    /// Appends a line.
    ///
    /// - Returns: False where there is no room, or the system took no more: nothing of it is there then.
    mutating func append(_ line: UnsafeRawBufferPointer) -> Bool {
        if byteCount + line.count > byteCountMax { removeConfirmed() }
        guard byteCount + line.count <= byteCountMax else { return false }
        if descriptor < 0 || Int(current.offset) + line.count > segmentByteCountMax, !startSegment() { return false }
        var written = 0
        while written < line.count {
            let count = write(descriptor, line.baseAddress! + written, line.count - written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                takeBack()
                return false
            }
            written += count
        }
        current.offset += UInt64(line.count)
        byteCount += line.count
        return true
    }

    /// Cuts a part of a line off again. Where that fails too the next line begins a new segment, and the agent passes
    /// the part over.
    private mutating func takeBack() {
        if ftruncate(descriptor, off_t(current.offset)) != 0 {
            close(descriptor)
            descriptor = -1
        }
    }

    private mutating func startSegment() -> Bool {
        removeConfirmed()
        let next = SinkFile.openSegment(directory, current.segment + 1)
        guard next >= 0 else { return false }
        if descriptor >= 0 { close(descriptor) }
        descriptor = next
        current = SinkPosition(segment: current.segment + 1, offset: 0)
        return true
    }

    /// Removes the segments that lie before what the agent has confirmed.
    private mutating func removeConfirmed() {
        if let position = readConfirmed(), position > confirmed { confirmed = position }
        while first < min(confirmed.segment, current.segment) {
            let path = "\(directory)/\(SinkLayout.segment(first))"
            var status = stat()
            if stat(path, &status) == 0 { byteCount -= Int(status.st_size) }
            unlink(path)
            first += 1
        }
    }

    private func readConfirmed() -> SinkPosition? {
        let file = open("\(directory)/\(SinkLayout.confirmed)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
            let count = read(file, buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            return SinkPosition(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }

    private static func openSegment(_ directory: String, _ number: UInt64) -> Int32 {
        open(
            "\(directory)/\(SinkLayout.segment(number))", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_TRUNC, 0o660)
    }

    private static func makeDirectories(_ path: String) throws(RemoteSinkError) {
        if mkdir(path, 0o770) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure("make", path)
        }
        try makeDirectories(String(path[..<slash]))
        guard mkdir(path, 0o770) == 0 || errno == EEXIST else { throw failure("make", path) }
    }

    private static func failure(_ doing: String, _ path: String) -> RemoteSinkError {
        RemoteSinkError("cannot \(doing) \(path): \(String(cString: strerror(errno)))")
    }
}
