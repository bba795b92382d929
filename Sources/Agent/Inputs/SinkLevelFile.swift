import LogModel

/// The levels from which on modules that log through a `RemoteSink` make entries: a file that they look at once a second.
enum SinkLevelFile {
    /// Sets the level of a module, or of all that have none of their own.
    ///
    /// - Throws: `AgentError` `.invalidArgument` for a name that no line can have; `.io`.
    static func set(_ level: Level, module: String?, directory: String) throws(AgentError) {
        let name = module ?? "*"
        guard !name.isEmpty, !name.utf8.contains(where: { $0 < 0x20 }), name.utf8.count <= 1_024 else {
            throw AgentError(.invalidArgument, "“\(name)” is no name of a module")
        }
        try Files.makeDirectory(directory)
        let path = "\(directory)/\(SinkLayout.levels)"
        let text = Files.exists(path) ? String(decoding: try Files.read(path), as: UTF8.self) : ""
        var lines = text.split(separator: "\n").filter { line in
            line.lastIndex(of: " ").map { line[..<$0] != name } ?? false
        }.map(String.init)
        lines.append("\(name) \(level.name)")
        try Files.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
    }
}
