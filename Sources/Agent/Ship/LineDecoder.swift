import LogModel

/// Either of the two decoders, for the lines of one batch.
struct LineDecoder {
    // Optionals, not an enum's payloads: these change in place, without a copy of the columns.
    private var entries: EntryDecoder?
    private var lines: PlainLineDecoder?

    /// - Parameter isText: Plain lines, not NDJSON.
    init(isText: Bool, defaults: EntryDecoder.Defaults) {
        if isText {
            lines = PlainLineDecoder(defaults: defaults)
        } else {
            entries = EntryDecoder(defaults: defaults)
        }
    }

    /// How many entries there are.
    var entryCount: Int { entries?.originalIndexes.count ?? lines?.originalIndexes.count ?? 0 }

    /// How many lines were refused, of which only so many keep their reason.
    var rejectedCount: Int { entries?.rejectedCount ?? lines?.rejectedCount ?? 0 }

    static var rejectedCountMax: Int { EntryDecoder.Limits().rejectionCountMax }

    /// Takes one line.
    ///
    /// - Returns: Why it is no entry; nil where it is one, or is blank.
    mutating func decode(_ line: UnsafeRawBufferPointer) -> EntryDecoder.Rejection? {
        let count = rejectedCount
        _ = entries?.decodeLines(line, isLast: true)
        _ = lines?.decodeLines(line, isLast: true)
        guard rejectedCount > count else { return nil }
        return entries?.rejections.last ?? lines?.rejections.last
    }

    mutating func takeBatch() -> Batch { entries?.takeBatch() ?? lines?.takeBatch() ?? Batch() }
}
