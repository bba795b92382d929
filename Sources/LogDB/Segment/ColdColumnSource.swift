/// A block's columns in the cold tier. What is asked for is fetched, and what lies beside it where a read costs a journey.
///
/// Used by one thread at a time.
final class ColdColumnSource: ColumnSource, @unchecked Sendable {
    private let cold: ColdStore
    private let directories: SegmentCache
    private let segment: Segment
    /// The block's place in the directory.
    private let index: Int
    private let summary: BlockSummary
    private(set) var coldBytesFetched = 0

    var coldSegment: UInt64? { segment.record.id }

    init(cold: ColdStore, directories: SegmentCache, segment: Segment, index: Int, summary: BlockSummary) {
        self.cold = cold
        self.directories = directories
        self.segment = segment
        self.index = index
        self.summary = summary
    }

    func templates() throws(LogError) -> MessageTemplates { try directories.templates(of: segment) }

    func withColumn(_ id: ColumnID, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void) throws(LogError) {
        let layout = try directories.coldLayout(of: segment)
        guard let key = segment.record.coldKey, let range = layout.range(of: id, block: index, summary) else {
            throw LogError(.corruption, "column \(id.name) is missing", location: summary.key.location)
        }
        let bytes = try cold.fetch(key, range, byteCount: segment.record.coldByteCount) { coldBytesFetched += $0 }
        try bytes.reading(body)
    }
}
