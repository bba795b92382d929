/// How the device's clock was set while entries came into the spool, and when the device was started by the server's
/// clock: together they say how wrong the times of each entry are, also of those that were logged before the clock was
/// set, and before the server was first reached.
///
/// Kept in the spool's file `clock`. A file that is lost costs the correction of what is in the spool, and nothing else.
///
/// Belongs to one thread at a time.
struct ClockHistory {
    /// From one setting of the clock to the next.
    struct Epoch: Codable, Hashable {
        var clocks: DeviceClocks
        /// Before its first entry.
        var position: SpoolPosition
    }

    /// What the file holds.
    private struct Content: Codable, Hashable {
        var version = 1
        /// In the order of their positions.
        var epochs: [Epoch] = []
        /// By boot, when it began by the server's clock, in microseconds since the epoch.
        var serverStarts: [String: Int64] = [:]
    }

    private let path: String
    private var content = Content()
    private var isWritten = true

    /// Less than this is drift, and what reading two clocks one after the other costs.
    static let stepMin: Int64 = 1_000_000

    /// - Parameter directory: The spool's.
    init(directory: String) {
        path = directory + "/clock"
        guard let bytes = try? Files.read(path),
            let known = try? JSONText.decode(Content.self, bytes, versionMax: 1, path: path)
        else { return }
        content = known
    }

    /// Entries from `position` on come while the clocks stand so.
    mutating func note(_ clocks: DeviceClocks, at position: SpoolPosition) {
        if let last = content.epochs.last, last.clocks.boot == clocks.boot,
            abs(last.clocks.start - clocks.start) < ClockHistory.stepMin
        {
            return writeWhatIsNew()
        }
        if content.epochs.last?.position == position { content.epochs.removeLast() }
        content.epochs.append(Epoch(clocks: clocks, position: position))
        isWritten = false
        writeWhatIsNew()
    }

    /// The boot began then by the server's clock.
    mutating func note(serverStart: Int64, of boot: String) {
        if let known = content.serverStarts[boot], abs(known - serverStart) < ClockHistory.stepMin { return }
        content.serverStarts[boot] = serverStart
        isWritten = false
        writeWhatIsNew()
    }

    /// Forgets what no entry needs that ends after `position`, or later.
    mutating func forget(before position: SpoolPosition) {
        let first = content.epochs.lastIndex { $0.position < position } ?? 0
        guard first > 0 else { return }
        content.epochs.removeFirst(first)
        let boots = Set(content.epochs.map(\.clocks.boot))
        content.serverStarts = content.serverStarts.filter { boots.contains($0.key) }
        isWritten = false
    }

    /// Where epochs begin, in order; a batch has entries of one of them.
    var boundaries: [SpoolPosition] { content.epochs.map(\.position) }

    /// How far the device's clock was ahead of the server's, in microseconds, when the entries came that end at
    /// `position`. Nil where the server was not heard from.
    ///
    /// An earlier boot that the server was never reached in is taken to have had the clock that the device has now.
    ///
    /// - Parameter now: As the clocks stand.
    func offset(before position: SpoolPosition, now: DeviceClocks) -> Int64? {
        guard let epoch = content.epochs.last(where: { $0.position < position }) else { return nil }
        if let start = content.serverStarts[epoch.clocks.boot] { return epoch.clocks.start - start }
        return content.serverStarts[now.boot].map { now.start - $0 }
    }

    /// A disk without room gets it later.
    private mutating func writeWhatIsNew() {
        guard !isWritten else { return }
        isWritten = (try? Files.replace(path, with: JSONText.encode(content) + [0x0a])) != nil
    }
}
