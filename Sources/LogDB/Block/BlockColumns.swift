/// What has been decoded of a block so far: the state of a `BlockRowGroup`, apart from where it is read from, so that it
/// may outlive the group. Used by one thread at a time.
final class BlockColumns: @unchecked Sendable {
    /// The stored bytes of the columns that lie together.
    var shared: ColumnBuffer<UInt8>?
    var times: ColumnBuffer<Int64>?
    var received: ColumnBuffer<Int64>?
    var sequences: ColumnBuffer<Int64>?
    var levels: ColumnBuffer<UInt8>?
    var runs: [StreamRun]?
    /// By `IdentifierColumn`.
    var identifiers: [(values: DecodedStrings, codes: ColumnBuffer<UInt32>)?]
    /// The values of an identifier whose codes were read for single rows.
    var pickedValues: [DecodedStrings?]
    var message: MessageColumn?
    var messageTexts: DecodedStrings?
    /// In the order of the summary's context keys.
    var attributes: [Attribute?]
    var textEnds: ColumnBuffer<Int>?
    var otherAttributes: [(key: [UInt8], attribute: Attribute)]?
    /// Bytes of the decoded columns but for what is below.
    var decodedByteCount = 0

    /// Bytes that all of it takes, about.
    var byteCount: Int {
        decodedByteCount + (message?.placementByteCount ?? 0)
            + pickedValues.reduce(0) { $0 + ($1?.byteCount ?? 0) }
    }

    struct Attribute {
        var rows: ColumnBuffer<UInt32>?
        var values: DecodedStrings
        var codes: ColumnBuffer<UInt32>?
        var view: AttributeView { AttributeView(rows: rows?.view, codes: codes?.view, values: values.view) }
    }

    init(contextKeyCount: Int) {
        identifiers = IdentifierColumn.allCases.map { _ in nil }
        pickedValues = IdentifierColumn.allCases.map { _ in nil }
        attributes = (0..<contextKeyCount).map { _ in nil }
    }
}
