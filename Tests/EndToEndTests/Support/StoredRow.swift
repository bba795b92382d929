import Foundation
import LogModel

/// A row as the API and the command line answer with it.
struct StoredRow: Decodable {
    var id: String
    var time: String
    var device: String
    var session: String?
    var level: String
    var module: String?
    var logger: String?
    var process: String?
    var thread: String?
    var message: String
    var context: [String: String]?
    var received: String?

    static func rows(ndjson bytes: some Collection<UInt8>) throws -> [StoredRow] {
        let decoder = JSONDecoder()
        return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
            do { return try decoder.decode(StoredRow.self, from: Data(line)) } catch {
                throw Stuck("not a row: \(String(decoding: line, as: UTF8.self)): \(error)")
            }
        }
    }

    /// The entry that the row shows, its attributes in the order of their keys.
    func entry() throws -> Entry {
        guard let time = Timestamp(rfc3339: time), let level = Level(name: level) else {
            throw Stuck("row \(id) has the time \(time) and the level \(level)")
        }
        return Entry(
            time: time, level: level, device: device, session: session ?? "", module: module ?? "",
            logger: logger ?? "", process: process ?? "", thread: thread ?? "", message: message,
            context: (context ?? [:]).sorted { $0.key < $1.key }.map { Entry.Attribute($0.key, $0.value) })
    }
}

extension Entry {
    /// The entry as one line of NDJSON, in the LogMessage form.
    func line() throws -> String {
        let object: [String: Any] = [
            "timestamp_us": time.microseconds, "device": device, "session_id": session, "module_name": module,
            "logger_name": logger, "process_id": process, "thread_id": thread, "level": level.name, "message": message,
            "context": Dictionary(context.map { ($0.key, $0.value) }) { $1 },
        ]
        return String(decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
    }
}

/// How often each entry is in `found` and should be, where the two differ.
func differences(found: [Entry], expected: [Entry]) -> [String] {
    var counts: [Entry: (found: Int, expected: Int)] = [:]
    for entry in found { counts[entry, default: (0, 0)].found += 1 }
    for entry in expected { counts[entry, default: (0, 0)].expected += 1 }
    return counts.filter { $0.value.found != $0.value.expected }.prefix(10).map { entry, count in
        "\(count.found) times instead of \(count.expected): \(entry)"
    }
}
