import Glibc
import LogModel

/// Colour, or none (https://no-color.org).
struct Style: Sendable {
    enum Choice: String, CaseIterable, Sendable {
        case auto, always, never
    }

    /// ECMA-48 "select graphic rendition" parameters.
    enum Paint: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case cyan = "36"
        case alarm = "1;97;41"
        case boldRed = "1;31"
        case boldGreen = "1;32"
    }

    let isColoured: Bool

    init(isColoured: Bool) { self.isColoured = isColoured }

    init(_ choice: Choice, descriptor: Int32) {
        switch choice {
        case .always: isColoured = true
        case .never: isColoured = false
        case .auto:
            isColoured =
                isatty(descriptor) == 1 && Terminal.environment("NO_COLOR") == nil
                && Terminal.environment("TERM") != "dumb"
        }
    }

    /// For what is said on standard error.
    static var standardError: Style { Style(.auto, descriptor: STDERR_FILENO) }

    func paint(_ text: String, _ paint: Paint?) -> String {
        guard isColoured, let paint, !text.isEmpty else { return text }
        return "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m"
    }

    static func paint(of level: Level) -> Paint {
        switch level {
        case .debug: .dim
        case .info: .green
        case .warn: .yellow
        case .error: .boldRed
        case .fatal: .alarm
        }
    }
}
