import LogModel

/// Rows that a scan reads column by column: a block, or a part of the head.
///
/// Columns are decoded when first asked for and stay until the group goes. The views that the methods return are valid
/// as long as the group. Used by one thread at a time.
class RowGroup {
    let rowCount: Int
    let timeMin: Int64
    let timeMax: Int64

    init(rowCount: Int, timeMin: Int64, timeMax: Int64) {
        self.rowCount = rowCount
        self.timeMin = timeMin
        self.timeMax = timeMax
    }

    func times() throws(LogError) -> UnsafeBufferPointer<Int64> { unimplemented() }
    func received() throws(LogError) -> UnsafeBufferPointer<Int64> { unimplemented() }
    func sequences() throws(LogError) -> UnsafeBufferPointer<Int64> { unimplemented() }
    func levels() throws(LogError) -> UnsafeBufferPointer<UInt8> { unimplemented() }
    /// Consecutive rows of one stream, in the order of the rows. A stream may have several runs.
    func streams() throws(LogError) -> [StreamRun] { unimplemented() }
    func identifiers(_ column: IdentifierColumn) throws(LogError) -> DictionaryView { unimplemented() }
    /// All messages. Where they are stored by templates, those are written out: ask for single ones where few are needed.
    func messages() throws(LogError) -> BytesView { unimplemented() }
    /// The messages as they are stored, where that is by templates.
    func messageColumn() throws(LogError) -> MessageColumn? { nil }
    func appendMessages(_ rows: [Int], to output: inout ByteColumn) throws(LogError) {
        let messages = try messages()
        for row in rows { output.append(messages[row]) }
    }
    /// Bytes of the text of all rows up to and with `row`: of their messages, where stored at most, and attributes.
    func textEnd(of row: Int) throws(LogError) -> Int { unimplemented() }
    /// Bytes of a message, on average, about.
    var messageByteCountMean: Int { 0 }
    /// One context key's values, or nil when no row has any.
    func attribute(_ key: [UInt8]) throws(LogError) -> AttributeView? { unimplemented() }
    /// The attributes of each row, for materialising.
    func context() throws(LogError) -> ContextView { unimplemented() }
    /// Rows of each context key.
    func contextKeyCounts() throws(LogError) -> [(key: [UInt8], rows: Int)] { unimplemented() }
    /// Whether `rows` are so few that reading each by itself costs less than decoding whole columns.
    func areFew(_ rows: [Int]) -> Bool { false }

    // Of some rows, in their order: where those are few, columns need not be decoded whole.

    func received(of rows: [Int]) throws(LogError) -> [Int64] {
        let received = try received()
        return rows.map { received[$0] }
    }

    func sequences(of rows: [Int]) throws(LogError) -> [Int64] {
        let sequences = try sequences()
        return rows.map { sequences[$0] }
    }

    func levels(of rows: [Int]) throws(LogError) -> [UInt8] {
        let levels = try levels()
        return rows.map { levels[$0] }
    }

    /// - Returns: A code a row, and the values that the codes stand for.
    func identifiers(
        _ column: IdentifierColumn, of rows: [Int]
    ) throws(LogError) -> (codes: [UInt32], values: BytesView) {
        let view = try identifiers(column)
        return (rows.map { view.codes[$0] }, view.values)
    }

    /// Those of rows that are few.
    ///
    /// - Parameter keys: Those asked for; nil: all.
    func attributes(of rows: [Int], keys: [[UInt8]]?) throws(LogError) -> [PickedAttribute] { unimplemented() }

    /// How much decoding has cost.
    var bytesDecoded: Int { 0 }
    var bytesFetched: Int { 0 }
    /// Of the cold tier, what had to be fetched of it, and of which segment.
    var coldBytesFetched: Int { 0 }
    var coldSegment: UInt64? { nil }
    /// Bytes of decoded columns that the group holds, those among them that were decoded before it was made.
    var bytesHeld: Int { 0 }

    private func unimplemented() -> Never { preconditionFailure("RowGroup is abstract") }
}

/// One context key's values for some rows.
struct PickedAttribute {
    let key: [UInt8]
    /// For each row, whether it has a value.
    let hasValue: [Bool]
    /// The values of those that have one, in the order of the rows.
    let values: ByteColumn
}

/// How a group holds its context.
enum ContextView {
    /// Row after row: where each row's attributes end, the key of each, and its value.
    case rows(
        ends: UnsafeBufferPointer<UInt32>, keys: UnsafeBufferPointer<UInt32>, keyNames: BytesView, values: BytesView)
    /// A column a key.
    case columns([(key: [UInt8], values: AttributeView)])
}
