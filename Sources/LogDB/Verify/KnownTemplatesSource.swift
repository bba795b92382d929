/// Columns as they are stored, with templates that were read from the disk just now and not taken from a cache.
struct KnownTemplatesSource: ColumnSource {
    let columns: any ColumnSource
    let known: MessageTemplates

    var coldSegment: UInt64? { columns.coldSegment }
    var coldBytesFetched: Int { columns.coldBytesFetched }

    func templates() throws(LogError) -> MessageTemplates { known }

    func withColumn(_ id: ColumnID, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void) throws(LogError) {
        try columns.withColumn(id, body)
    }
}
