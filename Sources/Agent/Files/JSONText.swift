import FoundationEssentials

/// JSON for the small records of the state directory and the server's answers.
enum JSONText {
    private struct Version: Decodable { var version: Int }

    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            preconditionFailure("a record of numbers and text always encodes: \(error)")
        }
    }

    /// Reads a record that carries its `version`, which may not be past `versionMax`.
    static func decode<T: Decodable>(
        _ type: T.Type, _ bytes: [UInt8], versionMax: Int, path: String
    ) throws(AgentError) -> T {
        // First the version alone: a newer record may have another shape altogether.
        if let version: Version = decode(bytes), version.version > versionMax {
            throw AgentError(
                .formatTooNew, "\(path) was written by a newer logdb-agent (version \(version.version)); use that one")
        }
        guard let value: T = decode(bytes) else {
            throw AgentError(
                .corruption, "\(path) is damaged; give --state another directory to begin anew, which ships all again")
        }
        return value
    }

    /// Nil where the bytes are not that.
    static func decode<T: Decodable>(_ bytes: [UInt8]) -> T? {
        try? JSONDecoder().decode(T.self, from: Data(bytes))
    }
}
