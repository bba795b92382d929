import Glibc

/// Text for the person at the terminal.
enum Terminal {
    static func standardError(_ text: String) { write(text, to: STDERR_FILENO) }
    static func standardOutput(_ text: String) { write(text, to: STDOUT_FILENO) }

    static var isStandardErrorATerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Nobody reading it is no reason to stop shipping, so failures are passed over.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                offset += count
            }
        }
    }
}
