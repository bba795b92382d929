/// A passphrase in a file, whose first line it is.
enum Passphrase {
    static func read(_ path: String) throws(CommandFailure) -> String {
        let text = try SmallFile.read(path)
        guard let line = text.split(whereSeparator: \.isNewline).first, line.utf8.count <= 1_000 else {
            throw CommandFailure("the first line of \(path) is no passphrase: it is empty, or longer than 1,000 bytes")
        }
        return String(line)
    }
}
