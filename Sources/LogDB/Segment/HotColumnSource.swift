/// A block's columns in the hot store.
struct HotColumnSource: ColumnSource {
    let store: RocksStore
    let directories: SegmentCache
    let segment: Segment
    let key: BlockKey

    func templates() throws(LogError) -> MessageTemplates { try directories.templates(of: segment) }

    func withColumn(_ id: ColumnID, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void) throws(LogError) {
        try store.withValue(.blocks, KeyLayout.column(key, id.rawValue)) { (bytes) throws(LogError) in
            guard let bytes else {
                throw LogError(.corruption, "column \(id.name) is missing", location: key.location)
            }
            try body(bytes)
        }
    }
}
