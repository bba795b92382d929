import LogModel

/// How far each command got, on disk: a file to which a line is appended, and synced, for each step. A line that a crash
/// cut short was not acted upon and is cut off.
struct CommandJournal: ~Copyable {
    static let versionMax = 1
    /// The file is written anew, with what still matters, when it has grown past this.
    static let byteCountMax: Int64 = 4 << 20

    private let path: String
    private var byteCount: Int64 = 0

    /// A line of the file: a CRC-32C of the rest of the line in hexadecimal, a space, and JSON.
    private struct Line: Codable {
        var version = CommandJournal.versionMax
        var id: UInt64
        var stage: String
        var name: String?
        var arguments: [String: String]?
        var expires: Int64?
        var outcome: CommandOutcome?
    }

    /// What was noted in earlier runs, in order.
    private var notes: [CommandMachine.Note] = []

    /// - Throws: `AgentError` `.io`; `.formatTooNew`; `.corruption` for a damaged line that is not the last one.
    init(_ path: String) throws(AgentError) {
        self.path = path
        guard Files.exists(path) else { return }
        let bytes = try Files.read(path)
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0a) {
            guard let json = CommandJournal.checked(bytes[start..<end]) else {
                if end == bytes.count - 1 { break }
                throw AgentError(
                    .corruption,
                    "\(path) is damaged at byte \(start); move it away to go on, and commands that are still open may "
                        + "run again")
            }
            let line = try JSONText.decode(
                Line.self, Array(json), versionMax: CommandJournal.versionMax, path: path)
            if let note = CommandJournal.note(line) { notes.append(note) }
            start = end + 1
        }
        byteCount = Int64(start)
        if start < bytes.count { try Files.truncate(path, to: byteCount) }
    }

    /// What was noted in earlier runs, once.
    mutating func takeNotes() -> [CommandMachine.Note] {
        defer { notes = [] }
        return notes
    }

    /// On disk on return.
    mutating func append(_ note: CommandMachine.Note) throws(AgentError) {
        let line = CommandJournal.line(note)
        try Files.append(line, to: path)
        byteCount += Int64(line.count)
    }

    var isLong: Bool { byteCount > CommandJournal.byteCountMax }

    /// Puts as few notes in place of those that are there.
    mutating func rewrite(_ notes: [CommandMachine.Note]) throws(AgentError) {
        var bytes: [UInt8] = []
        for note in notes { bytes += CommandJournal.line(note) }
        try Files.replace(path, with: bytes)
        byteCount = Int64(bytes.count)
    }

    private static func line(_ note: CommandMachine.Note) -> [UInt8] {
        var line = Line(id: note.id, stage: "")
        switch note.stage {
        case .taken(let command):
            line.stage = "taken"
            (line.name, line.arguments, line.expires) = (command.name, command.arguments, command.expires)
        case .begun(let command):
            line.stage = "begun"
            (line.name, line.arguments, line.expires) = (command.name, command.arguments, command.expires)
        case .ended(let outcome): (line.stage, line.outcome) = ("ended", outcome)
        case .settled(let outcome): (line.stage, line.outcome) = ("settled", outcome)
        }
        let json = JSONText.encode(line)
        let digits = String(json.withUnsafeBytes { Crc32c.checksum($0) }, radix: 16)
        return Array(String(repeating: "0", count: 8 - digits.count).utf8) + Array(digits.utf8) + [0x20] + json + [0x0a]
    }

    /// The JSON of a line whose checksum holds.
    private static func checked(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard line.count > 9, line[line.startIndex + 8] == 0x20,
            let sum = UInt32(String(decoding: line.prefix(8), as: UTF8.self), radix: 16)
        else { return nil }
        let json = line.dropFirst(9)
        return json.withUnsafeBytes { Crc32c.checksum($0) } == sum ? json : nil
    }

    private static func note(_ line: Line) -> CommandMachine.Note? {
        let command = line.name.map {
            FleetCommand(id: line.id, name: $0, arguments: line.arguments ?? [:], expires: line.expires ?? 0)
        }
        let stage: CommandMachine.Stage? =
            switch line.stage {
            case "taken": command.map { .taken($0) }
            case "begun": command.map { .begun($0) }
            case "ended": line.outcome.map { .ended($0) }
            case "settled": .settled(line.outcome)
            default: nil
            }
        return stage.map { CommandMachine.Note(id: line.id, stage: $0) }
    }
}
