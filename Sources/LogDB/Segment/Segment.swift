import Synchronization

/// A live segment, as long as anything refers to it: the store's view, or a scan that began before it was replaced.
///
/// Its blocks may be removed from disk only when both are gone, which is when this object is: then a retired segment
/// hands itself to the remover.
final class Segment: Sendable {
    let record: SegmentRecord
    private let remover: SegmentRemover
    private let isRetired = Atomic(false)

    /// - Parameter remover: Has been told of the segment by `didCreate`.
    init(_ record: SegmentRecord, remover: SegmentRemover) {
        self.record = record
        self.remover = remover
    }

    deinit { remover.didRelease(record, isRetired: isRetired.load(ordering: .acquiring)) }

    /// Marks the segment as replaced or expired, after the commit that says so.
    func retire() { isRetired.store(true, ordering: .releasing) }
}
