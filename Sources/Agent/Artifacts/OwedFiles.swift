import Glibc

/// Copies of modules' own log files that the server is to get, as it could not be reached when a session ended: they may
/// have what its entries, which wait in the spool, leave out. In the spool's directory `owed`, until the server has them.
///
/// A crash while a copy is made costs that copy; one that is listed is whole.
struct OwedFiles: Sendable {
    /// A copy, and where it goes.
    struct File: Codable, Hashable, Sendable {
        /// Of the copy in the directory.
        var number: Int
        var session: String
        /// In the session, such as `module-logs/nav/nav.log`.
        var name: String
    }

    private struct List: Codable {
        var version = 1
        var files: [File] = []
    }

    /// Of a longer file the end is kept: that is what tells how it ended.
    static let byteCountMax: Int64 = 16 << 20
    /// More copies than these are not made: the spool's disk is not theirs.
    static let fileCountMax = 64

    private let directory: String

    /// - Parameter spool: The spool's directory.
    init(spool: String) { directory = spool + "/owed" }

    private var listPath: String { directory + "/list.json" }

    func path(_ file: File) -> String { "\(directory)/\(file.number)" }

    /// - Throws: `.io`, `.corruption`, `.formatTooNew`.
    func all() throws(AgentError) -> [File] {
        guard Files.exists(listPath) else { return [] }
        return try JSONText.decode(List.self, try Files.read(listPath), versionMax: 1, path: listPath).files
    }

    /// Copies files, which are on disk on return.
    ///
    /// - Parameter files: Their paths, and what they are to be called in the session.
    /// - Returns: How many there was no place for.
    /// - Throws: `.io`, `.diskFull`; what was copied before is listed then.
    func add(_ files: [(path: String, name: String)], session: String) throws(AgentError) -> Int {
        var owed = try all()
        // The copy of an earlier end has what this one has, and less.
        let superseded = owed.filter { file in file.session == session && files.contains { $0.name == file.name } }
        owed.removeAll { superseded.contains($0) }
        let room = max(0, OwedFiles.fileCountMax - owed.count)
        try Files.makeDirectory(directory)
        var number = (owed + superseded).map(\.number).max() ?? 0
        for (path, name) in files.prefix(room) {
            number += 1
            let file = File(number: number, session: session, name: name)
            try copy(path, to: self.path(file))
            owed.append(file)
            try write(owed)
        }
        for file in superseded { try Files.remove(self.path(file)) }
        return max(0, files.count - room)
    }

    /// The server has it.
    func remove(_ file: File) throws(AgentError) {
        try write(try all().filter { $0 != file })
        try Files.remove(path(file))
    }

    private func write(_ files: [File]) throws(AgentError) {
        try Files.replace(listPath, with: JSONText.encode(List(files: files)) + [0x0a])
    }

    private func copy(_ source: String, to target: String) throws(AgentError) {
        let input = try Files.openFile(source, O_RDONLY | O_NONBLOCK, doing: "read")
        let byteCount = try Files.byteCount(input.number, path: source)
        let output = try Files.openFile(target, O_WRONLY | O_CREAT | O_TRUNC, doing: "write")
        var offset = max(0, byteCount - OwedFiles.byteCountMax)
        while offset < byteCount {
            var piece: [UInt8] = []
            let count = try Files.readPiece(
                input.number, at: offset, byteCount: Int(min(byteCount - offset, 256 << 10)), into: &piece, path: source
            )
            if count == 0 { break }
            try Files.write(piece, to: output.number, path: target)
            offset += Int64(count)
        }
        try Files.sync(output.number, path: target)
    }
}
