import Glibc

/// The person at the terminal, if there is one.
enum Terminal {
    static var isStandardInputATerminal: Bool { isatty(STDIN_FILENO) == 1 }
    static var isStandardErrorATerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of the terminal on `descriptor`; nil where there is none.
    static func width(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes text for the person. That nobody reads it is no reason to stop, so failures are passed over.
    static func say(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = write(STDERR_FILENO, bytes.baseAddress! + offset, bytes.count - offset)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                offset += count
            }
        }
    }

    /// The environment's value; nil where it is not set or empty.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }
}
