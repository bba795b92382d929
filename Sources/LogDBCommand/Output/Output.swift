import Glibc

/// Nobody reads what is written any more.
struct ReaderIsGone: Error {}

/// Where a command's result goes: standard output or a file, written in large pieces.
final class Output {
    /// -1: the file is not open yet.
    private var descriptor: Int32
    private let path: String?
    private var buffer: [UInt8] = []
    private static let flushByteCount = 64 << 10

    /// Standard output.
    init() {
        descriptor = STDOUT_FILENO
        path = nil
    }

    /// A file, made anew when the first bytes are written: what fails before leaves an older file as it is.
    init(path: String) {
        descriptor = -1
        self.path = path
    }

    deinit { if path != nil, descriptor >= 0 { close(descriptor) } }

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

    /// Writes what is left; a file is there then, though it be empty.
    func finish() throws {
        try flush()
        try openFile()
    }

    private func openFile() throws {
        guard descriptor < 0, let path else { return }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw CommandFailure("\(path): \(Output.lastError)") }
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}
