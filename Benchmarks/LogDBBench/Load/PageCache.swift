import Foundation
import Glibc

/// The kernel's memory of files, emptied so that the next reader waits for the disk.
enum PageCache {
    private static let control = "/proc/sys/vm/drop_caches"

    /// Whether this process may empty it, which root may.
    static var canBeDropped: Bool { access(control, W_OK) == 0 }

    /// Writes everything to disk and forgets it, then reads `binary` again: a cold start of the data is what is
    /// measured, not of the program.
    static func drop(keeping binary: String) throws {
        sync()
        guard let file = FileHandle(forWritingAtPath: control) else { throw LoadError.system("cannot open \(control)") }
        try file.write(contentsOf: Data("3\n".utf8))
        try file.close()
        let program = try FileHandle(forReadingFrom: URL(fileURLWithPath: binary).resolvingSymlinksInPath())
        while let piece = try program.read(upToCount: 1 << 20), !piece.isEmpty {}
        try program.close()
    }
}
