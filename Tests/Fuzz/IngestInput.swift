import LogModel

/// Bytes as the body of an ingest.
enum IngestInput {
    private static let received = Timestamp(microseconds: 1_736_935_200_000_000)

    static func read(_ bytes: UnsafeRawBufferPointer) {
        var defaults = EntryDecoder.Defaults(receivedAt: received)
        defaults.device = "D"
        var lines = EntryDecoder(defaults: defaults)
        let half = bytes.count / 2
        // In two pieces, as a body comes.
        let first = lines.decodeLines(UnsafeRawBufferPointer(rebasing: bytes[..<half]), isLast: false)
        precondition((0...half).contains(first))
        let rest = lines.decodeLines(UnsafeRawBufferPointer(rebasing: bytes[first...]), isLast: true)
        precondition(rest == bytes.count - first, "bytes are left of a body that has ended")
        check(lines)

        var document = EntryDecoder(defaults: defaults)
        do throws(EntryDecoder.DocumentError) {
            try document.decodeDocument(bytes)
            check(document)
        } catch {
            precondition((0...bytes.count).contains(error.offset), "an error outside the document")
        }
    }

    private static func check(_ decoder: EntryDecoder) {
        precondition(decoder.batch.count + decoder.rejectedCount == decoder.entryCount, "an entry is not counted")
        precondition(decoder.originalIndexes.count == decoder.batch.count)
        // What was taken can be sent on.
        FrameInput.checkIsKept(decoder.batch)
    }
}
