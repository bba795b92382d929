import Foundation

/// The files of the checkout, by their paths from its root.
enum SourceTree {
    static let root: URL = {
        // This file is Tests/TidyTests/SourceTree.swift. Links are followed, so that the answer is the checkout itself.
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }()

    /// Paths of the files below `folder`, sorted; what was built and what belongs to version control left out.
    static func files(below folder: String = "", suffix: String = "") -> [String] {
        let base = folder.isEmpty ? root : root.appendingPathComponent(folder)
        var found: [String] = []
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: base.path) else { return [] }
        for name in names {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path, isDirectory: &isFolder)
            else { continue }
            if isFolder.boolValue {
                if [".git", ".demo", ".bench", ".faults", ".oracle"].contains(name) || name.hasPrefix(".build") {
                    continue
                }
                found += files(below: path, suffix: suffix)
            } else if path.hasSuffix(suffix) {
                found.append(path)
            }
        }
        return found.sorted()
    }

    static func bytes(_ path: String) throws -> Data {
        try Data(contentsOf: root.appendingPathComponent(path))
    }

    static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    /// The text of every Swift file below `folder`, by path.
    static func swift(below folder: String) throws -> [String: SwiftText] {
        var texts: [String: SwiftText] = [:]
        for path in files(below: folder, suffix: ".swift") { texts[path] = SwiftText(try text(path)) }
        return texts
    }
}
