import Foundation
import Testing

/// A directory of its own for one test, removed with its owner.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/logdb-agent-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file in place, keeping its inode.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Array(text.utf8))
    }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = path + "/" + name
        if !FileManager.default.fileExists(atPath: file) { try Data().write(to: URL(fileURLWithPath: file)) }
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: bytes)
        try handle.close()
        return file
    }

    func append(_ name: String, _ text: String) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path + "/" + name))
        try handle.seekToEnd()
        try handle.write(contentsOf: Array(text.utf8))
        try handle.close()
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }

    /// The paths of all files below `name`, relative to it, sorted.
    func files(_ name: String) -> [String] {
        let root = path + "/" + name
        let all = FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []
        return all.filter { file in
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(atPath: root + "/" + file, isDirectory: &isDirectory)
                && !isDirectory.boolValue
        }.sorted()
    }
}
