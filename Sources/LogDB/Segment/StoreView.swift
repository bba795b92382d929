import Synchronization

/// What a scan reads: the heads and the live segments of one instant. A value that never changes; whoever holds one keeps
/// all it refers to readable.
struct StoreView: Sendable {
    /// In the order of their commit: those being sealed, then the one that is filling.
    var heads: [Head]
    var segments: [Segment]
    /// Entries of the heads from this commit position on are left out. Nil: none are.
    var sequenceEnd: UInt64?
    /// Entries that are gone, though some may still be on disk.
    var deletions: [ActiveDeletion]

    init(
        heads: [Head], segments: [Segment], sequenceEnd: UInt64? = nil, deletions: [ActiveDeletion] = []
    ) {
        self.heads = heads
        self.segments = segments
        self.sequenceEnd = sequenceEnd
        self.deletions = deletions
    }
}

/// The store's current view.
final class CurrentView: Sendable {
    private let view: Mutex<StoreView>

    init(_ view: StoreView) { self.view = Mutex(view) }

    func snapshot() -> StoreView { view.withLock { $0 } }

    func update(_ change: (inout StoreView) -> Void) {
        // What the change lets go of is released after the lock: a segment's end may do work of its own.
        var before = StoreView(heads: [], segments: [])
        view.withLock { view in
            before = view
            change(&view)
        }
        _ = consume before
    }
}
