import Synchronization

/// Watches how full the store's disk is, so that entries are refused before a write finds no room: a store that was
/// stopped by its own limit goes on by itself, one whose log could not be written has to be recovered first.
///
/// Looks at each tick and after each `lookByteCount` that were written, since a busy store fills a small disk between two
/// ticks. May be used from any thread.
final class DiskGuard: Sendable {
    private let path: String
    private let freeFractionMin: Double
    private let space: @Sendable (String) -> DiskSpace?
    private let full = Atomic(false)
    /// Written since the last look.
    private let writtenByteCount = Atomic<Int>(0)

    /// A look costs some microseconds: one for so many bytes is not felt.
    private static let lookByteCount = 1 << 18

    /// What opening writes beside the entries of RocksDB's log: a manifest, its options, a new log.
    private static let openingByteCount: UInt64 = 2 << 20

    /// Opening writes the entries of RocksDB's log into files. Where these find no room RocksDB 7.8 ends the process.
    ///
    /// - Throws: `.diskFull`; nothing was written then.
    static func checkRoomToOpen(_ path: String, _ options: Options) throws(LogError) {
        let needed = DirectorySize.byteCount(of: path, suffix: ".log") + openingByteCount
        guard let space = options.diskSpace(path), space.freeByteCount < needed else { return }
        throw LogError(
            .diskFull,
            "No space left to open the store: \(space.freeByteCount >> 10) KiB of the disk are free, "
                + "\(needed >> 10) KiB are needed; make room, then start again. Nothing is lost",
            location: path)
    }

    /// - Parameter path: The store's directory.
    init(path: String, options: Options) {
        self.path = path
        freeFractionMin = options.freeSpaceFractionMin
        space = options.diskSpace
        look()
    }

    /// Whether less of the disk was free than `Options.freeSpaceFractionMin` at the last look.
    var isFull: Bool { full.load(ordering: .relaxed) }

    func look() { full.store(!hasRoom(for: 0), ordering: .relaxed) }

    /// Looks when it is time to.
    func didWrite(byteCount: Int) {
        let written = writtenByteCount.add(byteCount, ordering: .relaxed).newValue
        guard written >= DiskGuard.lookByteCount else { return }
        writtenByteCount.store(0, ordering: .relaxed)
        look()
    }

    /// Whether so much could be written and the disk would still not be full. True where the system does not say.
    func hasRoom(for byteCount: UInt64) -> Bool {
        guard let space = space(path) else { return true }
        return Double(space.freeByteCount) - Double(byteCount) >= Double(space.byteCount) * freeFractionMin
    }
}
