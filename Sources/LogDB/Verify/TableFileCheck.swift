import CRocksFiles
import Glibc

/// Checks the files that RocksDB keeps its data in, as they are on the disk: what is in its memory plays no part.
enum TableFileCheck {
    /// - Parameter path: Of a file that ends in `.sst`.
    /// - Returns: What is wrong with it; nil when it is sound, or gone.
    static func problem(_ path: String) -> String? {
        guard let text = crocksfiles_verify(path) else { return nil }
        defer { free(text) }
        // Files that are superseded go while a store is open.
        if access(path, F_OK) != 0, errno == ENOENT { return nil }
        return String(cString: text)
    }
}
