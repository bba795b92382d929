import Glibc
import LogModel
import Logging

/// Writes the server's own log to standard error, a line each: as text for a person, or as JSON for a machine.
struct ServerLogHandler: LogHandler {
    enum Form: Sendable {
        case text
        case json
    }

    let form: Form
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        Terminal.say(line(event.level, "\(event.message)", all.map { ($0.key, "\($0.value)") }))
    }

    func line(_ level: Logger.Level, _ message: String, _ metadata: [(String, String)]) -> String {
        let time = Timestamp.now.description
        switch form {
        case .text:
            let pairs = metadata.map { " \($0)=\(PlainText.escaped($1))" }.joined()
            return "\(time) \(level.rawValue) \(PlainText.escaped(message))\(pairs)\n"
        case .json:
            let members = [("time", time), ("level", level.rawValue), ("message", message)] + metadata
            let object = JSONValue.object(members.map { JSONValue.Member(name: $0, value: .string($1)) })
            return String(decoding: object.bytes, as: UTF8.self) + "\n"
        }
    }
}
