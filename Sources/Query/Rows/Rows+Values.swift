import LogDB
import LogModel

extension Rows {
    /// What the rows cost in memory, roughly, in bytes.
    var byteCount: Int { batch.byteCount + count * 40 }
}

extension Int {
    /// The sum, or a number far beyond any count where it would pass what an `Int` holds.
    func saturating(adding other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max / 2 : sum
    }
}
