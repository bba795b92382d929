import Foundation
import LogModel

/// A sinks' directory of its own for one test, and what is in it.
final class SinkDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/logdb-sinks-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var sinks: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter {
            SinkLayout.isName($0) && $0 != "levels"
        }
    }

    func segments(_ sink: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(sink)")) ?? [])
            .filter { SinkLayout.segmentNumber($0) != nil }.sorted()
    }

    /// The whole lines of a sink, in order: their sequences and entries.
    func entries(_ sink: String) throws -> [(sequence: UInt64, entry: [String: Any])] {
        var entries: [(UInt64, [String: Any])] = []
        for segment in segments(sink) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(sink)/\(segment)"))
            for line in bytes.split(separator: 0x0a) {
                let whole = Array(line)
                guard let read = whole.withUnsafeBytes({ SinkLine.read($0) }) else { continue }
                let object = try JSONSerialization.jsonObject(with: Data(whole[read.start...]))
                entries.append((read.sequence, object as? [String: Any] ?? [:]))
            }
        }
        return entries
    }

    /// Says what the agent says: everything before this is safe.
    func confirm(_ sink: String, _ position: SinkPosition) throws {
        try position.text.write(toFile: "\(path)/\(sink)/confirmed", atomically: true, encoding: .utf8)
    }
}
