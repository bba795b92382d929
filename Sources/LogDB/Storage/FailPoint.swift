import Glibc
import Synchronization

/// A step at whose place a debug build can be told to end as a crash would. In a release build it is nothing.
///
/// `LOGDB_FAIL_POINT=NAME:N` in the environment ends the process by SIGKILL when the step is reached for the N-th time.
/// Each stands where the disk has just become, or is about to become, another than before.
enum FailPoint: String, CaseIterable {
    /// A group of batches is prepared and not written.
    case commitPrepared = "commit-prepared"
    /// It is synced, and nobody sees it yet.
    case commitWritten = "commit-written"
    /// Queries see it, and nobody was told.
    case commitPublished = "commit-published"

    /// Segments for a frozen head have their numbers.
    case sealBegun = "seal-begun"
    /// Their blocks are written, and the head still counts.
    case sealWritten = "seal-written"
    case sealCommitted = "seal-committed"

    case mergeBegun = "merge-begun"
    /// The new segment is written, and the old ones still count.
    case mergeWritten = "merge-written"
    case mergeCommitted = "merge-committed"

    /// The object's file is whole, and not in the cold tier.
    case tierDrafted = "tier-drafted"
    /// The object is there, and was not read back.
    case tierStored = "tier-stored"
    /// It was, and the segment of the hot tier still counts.
    case tierWritten = "tier-written"
    case tierCommitted = "tier-committed"

    /// A segment's sessions have their losses counted, and it still counts.
    case expireCounted = "expire-counted"
    case expireCommitted = "expire-committed"
    /// The columns of a segment that counts no more are gone, its record is not.
    case removeHalfDone = "remove-half-done"
    case removeDone = "remove-done"

    /// A deletion is recorded, and answers still have its entries.
    case deleteRecorded = "delete-recorded"
    /// Its entries are off the disk, and it is not done with.
    case purgeWritten = "purge-written"
    case purgeRecorded = "purge-recorded"

    /// Says that the step is reached.
    @inline(__always)
    func reached() {
        #if DEBUG
            FailPoint.armed?.reached(self)
        #endif
    }

    #if DEBUG
        private static let armed = Armed(getenv("LOGDB_FAIL_POINT").map { String(cString: $0) })
    #endif
}

#if DEBUG
    /// The one step that ends the process, and how often it is to be reached before.
    private final class Armed: Sendable {
        private let point: FailPoint
        private let timesLeft: Atomic<Int>

        /// - Parameter text: `NAME:N`; anything else arms nothing.
        init?(_ text: String?) {
            guard let parts = text?.split(separator: ":"), parts.count == 2, let count = Int(parts[1]), count > 0,
                let point = FailPoint(rawValue: String(parts[0]))
            else { return nil }
            self.point = point
            timesLeft = Atomic(count)
        }

        func reached(_ point: FailPoint) {
            guard point == self.point, timesLeft.subtract(1, ordering: .relaxed).newValue == 0 else { return }
            kill(getpid(), SIGKILL)
            // The signal may be delivered to another thread first; this one goes no further.
            while true { pause() }
        }
    }
#endif
