/// A block's columns in the cold tier. What is asked for is fetched, and nothing beside it.
struct ColdColumnSource: ColumnSource {
    let cold: ColdStore
    let directories: SegmentCache
    let segment: Segment
    /// The block's place in the directory.
    let index: Int
    let summary: BlockSummary

    func templates() throws(LogError) -> MessageTemplates { try directories.templates(of: segment) }

    func withColumn(_ id: ColumnID, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void) throws(LogError) {
        let layout = try directories.coldLayout(of: segment)
        guard let key = segment.record.coldKey, let range = layout.range(of: id, block: index, summary) else {
            throw LogError(.corruption, "column \(id.name) is missing", location: summary.key.location)
        }
        let bytes = try cold.read(key, range)
        let result: Result<Void, LogError> = bytes.withUnsafeBytes { raw in
            do throws(LogError) { return .success(try body(raw)) } catch { return .failure(error) }
        }
        try result.get()
    }
}
