import Glibc

/// A file that does nothing but take room: given up when the disk is full, so that batches can still be written, go out,
/// and make room. Without it a full disk would hold up the one thing that empties it.
struct RoomReserve: Sendable {
    /// More than a batch takes, compressed.
    static let byteCount: off_t = 2 << 20

    private let path: String
    private(set) var isHeld = false
    /// Given up and not got back: what room there is is for batches.
    private(set) var isOwed = false

    init(directory: String) {
        path = directory + "/reserve"
        hold()
    }

    /// Takes the room, if there is some.
    mutating func hold() {
        if isHeld { return }
        guard let file = try? Files.openFile(path, O_WRONLY | O_CREAT, doing: "make") else { return }
        isHeld = posix_fallocate(file.number, 0, RoomReserve.byteCount) == 0
        if isHeld { isOwed = false } else { try? Files.remove(path) }
    }

    /// Gives the room up.
    ///
    /// - Returns: False when there was none.
    mutating func give() -> Bool {
        guard isHeld else { return false }
        isHeld = false
        isOwed = true
        try? Files.remove(path)
        return true
    }
}
