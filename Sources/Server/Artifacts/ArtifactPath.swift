/// Where in a session an artifact is: `screenshots/frame_0001.png`. Never a path of the server's disk, and harmless as one
/// on the disk of whoever unpacks the session's archive.
struct ArtifactPath: Sendable, Equatable {
    static let byteCountMax = 512
    static let partCountMax = 16
    static let partByteCountMax = 255
    /// Where the session's logs are rendered.
    static let logsFolder = "logs"

    let text: String

    /// - Throws: `ArtifactError` `.invalidPath`.
    init(_ text: String) throws(ArtifactError) {
        if let reason = ArtifactPath.reason(against: text) {
            throw ArtifactError(
                .invalidPath,
                "\(reason); an artifact's path is like data/waypoints.json: up to \(ArtifactPath.partCountMax) names of up "
                    + "to \(ArtifactPath.partByteCountMax) bytes, \(ArtifactPath.byteCountMax) in all")
        }
        self.text = text
    }

    private static func reason(against text: String) -> String? {
        guard !text.isEmpty, text.utf8.count <= byteCountMax else { return "a path of \(text.utf8.count) bytes" }
        // Also marks that turn the direction of text, by which a name looks like another.
        guard Problem.visible(text) == text else { return "a control character in the path" }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= partCountMax else { return "a path of \(parts.count) names" }
        for part in parts {
            guard !part.isEmpty else { return "an empty name in the path" }
            guard part.utf8.count <= partByteCountMax else { return "a name of \(part.utf8.count) bytes" }
            // Some systems drop dots and spaces at the end, so that “.. ” is “..” there.
            guard let last = part.last, last != ".", last != " ", part.first != " " else {
                return "a name that is or ends with a dot, or has a space at an end"
            }
            guard !part.utf8.contains(where: { forbidden.contains($0) }) else {
                return "one of \\ : * ? \" < > | in the path"
            }
            guard !isDeviceName(part) else { return "a name that means a device on some systems" }
        }
        guard parts[0].lowercased() != logsFolder else { return "logs/ is where the session's logs are" }
        return nil
    }

    private static let forbidden = Set("\\:*?\"<>|".utf8)
    private static let deviceNames: Set<String> = ["con", "prn", "aux", "nul"]

    private static func isDeviceName(_ part: Substring) -> Bool {
        let stem = part.prefix { $0 != "." }.lowercased()
        if deviceNames.contains(stem) { return true }
        return stem.count == 4 && (stem.hasPrefix("com") || stem.hasPrefix("lpt")) && stem.last!.isNumber
    }
}
