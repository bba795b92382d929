import Foundation

/// A directory that goes away with its last owner.
final class ScratchDirectory: Sendable {
    let path: String

    /// - Parameter path: Nil: one that nobody else has.
    init(path: String? = nil) throws {
        self.path =
            path ?? FileManager.default.temporaryDirectory.appendingPathComponent("logdb-server-\(UUID())").path
        let path = self.path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
