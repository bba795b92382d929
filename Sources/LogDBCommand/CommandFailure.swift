/// Why a command ends without having done what was asked: one line for a person, which says what helps.
struct CommandFailure: Error {
    enum Kind: Sendable {
        case other
        /// One input cannot be used; others may.
        case input
        /// Nobody answered; somebody may later.
        case unreachable
    }

    let message: String
    let kind: Kind

    init(_ message: String, kind: Kind = .other) {
        self.message = message
        self.kind = kind
    }

    /// Says it on standard error.
    func say() {
        Terminal.say(Style.standardError.paint("error:", .boldRed) + " \(PlainText.escaped(message))\n")
    }
}

/// The numbers with which a command ends.
enum ExitStatus {
    /// Something was found; or, of a command that finds nothing, all is well.
    static let match: Int32 = 0
    static let noMatch: Int32 = 1
    static let failure: Int32 = 2
    /// A signal ended the work before it was done: 128 and its number, as a shell reports it.
    static func interrupted(by signal: Int32) -> Int32 { 128 + signal }
}
