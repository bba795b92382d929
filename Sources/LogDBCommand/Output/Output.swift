import Glibc

/// Nobody reads what is written any more.
struct ReaderIsGone: Error {}

/// Where a command's result goes: standard output or a file, written in large pieces.
final class Output {
    /// -1: the file is not open yet.
    private var descriptor: Int32
    private let path: String?
    /// The file that is written, until it is whole; nil where the place itself is written.
    private var draftPath: String?
    private var buffer: [UInt8] = []
    private static let flushByteCount = 64 << 10

    /// Standard output.
    init() {
        descriptor = STDOUT_FILENO
        path = nil
    }

    /// A file. Until `finish` an older one stays as it is: the new one has another name, with `.partial` at its end, and
    /// is removed when it does not become whole. What is no regular file, such as a pipe, is written itself.
    init(path: String) {
        descriptor = -1
        self.path = path
    }

    /// Writes a text on standard output, whole.
    static func say(_ text: String) throws {
        let output = Output()
        try output.write(text)
        try output.flush()
    }

    deinit {
        guard path != nil, descriptor >= 0 else { return }
        close(descriptor)
        if let draftPath { unlink(draftPath) }
    }

    var isATerminal: Bool { isatty(descriptor) == 1 }

    func write(_ bytes: some Sequence<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Output.flushByteCount { try flush() }
    }

    func write(_ text: String) throws { try write(text.utf8) }

    /// Appends with `body`, which writes into the buffer itself.
    func append(_ body: (inout [UInt8]) -> Void) throws {
        body(&buffer)
        if buffer.count >= Output.flushByteCount { try flush() }
    }

    /// - Throws: `ReaderIsGone`; `CommandFailure`.
    func flush() throws {
        guard !buffer.isEmpty else { return }
        try openFile()
        var offset = 0
        while offset < buffer.count {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                buffer.removeAll()
                if errno == EPIPE { throw ReaderIsGone() }
                throw CommandFailure("\(path ?? "standard output"): \(Output.lastError)")
            }
            offset += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is left; a file is there then, whole, though it be empty.
    func finish() throws {
        try flush()
        try openFile()
        guard let draftPath, let path else { return }
        guard rename(draftPath, Output.target(of: path)) == 0 else {
            throw CommandFailure("\(path): \(Output.lastError)")
        }
        self.draftPath = nil
    }

    private func openFile() throws {
        guard descriptor < 0, let path else { return }
        var info = stat()
        let isThere = stat(path, &info) == 0
        if isThere, info.st_mode & S_IFMT != S_IFREG {
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            let draft = Output.target(of: path) + ".partial"
            descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            if descriptor >= 0 {
                draftPath = draft
                if isThere { fchmod(descriptor, info.st_mode & 0o7777) }
            }
        }
        if descriptor < 0 { throw CommandFailure("\(path): \(Output.lastError)") }
    }

    /// The file that the path leads to, so that a link stays one.
    private static func target(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}
