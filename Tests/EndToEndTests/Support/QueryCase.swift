import Testing
import LogModel

/// A query and, in Swift, what it means: the oracle that reads every entry.
struct QueryCase: Sendable, CustomTestStringConvertible {
    var query: String
    var keeps: @Sendable (Entry) -> Bool

    init(_ query: String, _ keeps: @escaping @Sendable (Entry) -> Bool) {
        self.query = query
        self.keeps = keeps
    }

    var testDescription: String { query.isEmpty ? "(everything)" : query }

    /// The sample's entries begin here; its queries give the range themselves where they do not take it all.
    static let start = Timestamp(rfc3339: "2025-01-03T00:00:00Z")!

    static let all: [QueryCase] = [
        QueryCase("since:2025-01-01") { _ in true },
        QueryCase("level:ERROR module:navigation since:2025-01-01") {
            $0.level == .error && $0.module.lowercased() == "navigation"
        },
        QueryCase("module:=navigation since:2025-01-01") { $0.module == "navigation" },
        QueryCase("level:>=WARN device:drone-* since:2025-01-01") {
            $0.level >= .warn && $0.device.lowercased().hasPrefix("drone-")
        },
        QueryCase("device:Камера since:2025-01-01") { $0.device == "камера" },
        QueryCase("timeout since:2025-01-01") { tokens($0.message).contains("timeout") },
        QueryCase("gps -weak since:2025-01-01") {
            tokens($0.message).contains("gps") && !tokens($0.message).contains("weak")
        },
        QueryCase("ärger since:2025-01-01") { tokens($0.message).contains("ärger") },
        QueryCase("\"GPS signal\" since:2025-01-01") { $0.message.lowercased().contains("gps signal") },
        QueryCase("way* since:2025-01-01") { tokens($0.message).contains { $0.hasPrefix("way") } },
        QueryCase("/GPS signal/ -/[37]$/ since:2025-01-01") {
            $0.message.contains("GPS signal") && !$0.message.hasSuffix("3") && !$0.message.hasSuffix("7")
        },
        QueryCase("device:/^drone-\\d$/i /(reached|TIMEOUT) /i since:2025-01-01") {
            $0.device.lowercased().hasPrefix("drone-") && $0.device.utf8.count == 7
                && ["reached ", "timeout "].contains(where: $0.message.lowercased().contains)
        },
        QueryCase("n37 since:2025-01-01") { tokens($0.message).contains("n37") },
        QueryCase("retry_count:>2 since:2025-01-01") { Int(value("retry_count", $0) ?? "0")! > 2 },
        QueryCase("retry_count:[1 TO 3] camera_id:* since:2025-01-01") {
            (1...3).contains(Int(value("retry_count", $0) ?? "0")!) && value("camera_id", $0) != nil
        },
        QueryCase("NOT camera_id:\"front cam\" since:2025-01-01") { value("camera_id", $0) != "front cam" },
        QueryCase("session:in(s1, s4) (level:DEBUG OR level:FATAL) since:2025-01-01") {
            ["s1", "s4"].contains($0.session) && [.debug, .fatal].contains($0.level)
        },
        QueryCase("missing:logger since:2025-01-01") { $0.logger.isEmpty },
        QueryCase("since:2025-01-04T06:00 until:2025-01-05") {
            $0.time >= Timestamp(rfc3339: "2025-01-04T06:00:00Z")!
                && $0.time < Timestamp(rfc3339: "2025-01-05T00:00:00Z")!
        },
        QueryCase("xyzzy since:2025-01-01") { _ in false },
    ]

    private static func value(_ key: String, _ entry: Entry) -> String? {
        entry.context.first { $0.key == key }?.value
    }

    /// The message's runs of letters, digits and `_`, in lower case.
    private static func tokens(_ message: String) -> Set<String> {
        Set(
            message.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
    }
}
