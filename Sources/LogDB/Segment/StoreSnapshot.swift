/// The entries of a store at one instant, for several reads that must agree with each other. It keeps what it refers to
/// readable, so it is held for one answer and not longer.
public struct StoreSnapshot: Sendable {
    let view: StoreView

    /// The commit position after the last entry of the snapshot.
    public let sequenceEnd: UInt64

    init(_ view: StoreView) {
        // Whatever is appended to the last head from here on has a later position.
        sequenceEnd = view.heads.last?.endSequence ?? 0
        var view = view
        view.sequenceEnd = sequenceEnd
        self.view = view
    }
}
