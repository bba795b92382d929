import LogModel

/// A block's messages as stored: the rows' templates, and the values of their slots, from which single messages are
/// written out. See `MessageColumnWriter` for the layout.
final class MessageColumn {
    let templates: MessageTemplates
    /// Each row's template.
    let codes: ColumnBuffer<UInt32>
    private let packed: ColumnBuffer<UInt8>
    private let dictionaryCodes: ColumnBuffer<UInt8>
    private let texts: DecodedStrings
    private let makeLocation: () -> String
    private var placement: MessagePlacement?
    /// Where messages are written before they are taken.
    private var scratch = GrowingBuffer<UInt8>(minimumCapacity: 256)

    /// Bytes of messages that are taken together.
    private static let takenByteCount = 16 << 10

    var byteCount: Int { codes.byteCount + packed.byteCount + dictionaryCodes.byteCount + texts.byteCount }

    /// Of where the rows' values stand, once that was asked for.
    var placementByteCount: Int { placement?.byteCount ?? 0 }

    /// What errors name.
    var location: String { makeLocation() }

    /// - Parameters:
    ///   - textByteCountMax: The most bytes that the block's messages have.
    ///   - location: Names the column in errors that are found when a message is read.
    init(
        _ reader: inout ByteReader, rowCount: Int, templates: MessageTemplates, textByteCountMax: Int,
        location: @escaping () -> String, decompressor: inout ZstdDecompressor
    ) throws(LogError) {
        self.templates = templates
        makeLocation = location
        codes = try CodeColumn.decode(
            &reader, rowCount: rowCount, valueCount: templates.count, decompressor: &decompressor)
        let bits = try reader.raw(try reader.count(max: reader.remaining))
        packed = ColumnBuffer(count: bits.count)
        UnsafeMutableRawBufferPointer(packed.elements).copyMemory(from: bits)
        dictionaryCodes = try PackedBytes.decode(
            &reader, max: rowCount * MessageParser.slotCountMax, decompressor: &decompressor)
        let textCount = try reader.count(max: rowCount * MessageParser.slotCountMax)
        texts = try StringColumn.decode(
            &reader, count: textCount, byteCountMax: textByteCountMax, decompressor: &decompressor)
    }

    /// Appends the messages of `rows`, in their order.
    ///
    /// - Throws: `.corruption`; nothing is appended then.
    func append(_ rows: [Int], to output: inout ByteColumn) throws(LogError) {
        let (stringCount, byteCount) = (output.ends.count, output.bytes.count)
        do throws(LogError) {
            try withValues { (values) throws(LogError) in
                scratch.removeAll()
                for row in rows {
                    try values.appendMessage(of: row, to: &scratch)
                    output.ends.append(UInt32(truncatingIfNeeded: output.bytes.count + scratch.count))
                    if scratch.count >= MessageColumn.takenByteCount { take(into: &output) }
                }
                take(into: &output)
            }
        } catch {
            output.ends.removeLast(output.ends.count - stringCount)
            output.bytes.removeLast(output.bytes.count - byteCount)
            throw error
        }
    }

    private func take(into output: inout ByteColumn) {
        output.bytes.append(contentsOf: scratch.view)
        scratch.removeAll()
    }

    /// The message of `row`.
    func message(_ row: Int) throws(LogError) -> [UInt8] { try withMessage(row) { Array($0) } }

    /// Calls `body` with the values of the rows' slots.
    func withValues<R>(_ body: (MessageValues) throws(LogError) -> R) throws(LogError) -> R {
        let placement = try placed()
        let result: Result<R, LogError> = templates.withViews { templates in
            let values = MessageValues(
                templates: templates, starts: placement.starts.view, ordinals: placement.ordinals.view,
                codes: codes.view, packed: UnsafeRawPointer(packed.elements.baseAddress!),
                dictionaryCodes: dictionaryCodes.view, texts: texts.view, column: self)
            do throws(LogError) { return .success(try body(values)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Writes the most bytes that each row's message has.
    func writeByteCountBounds(to bounds: UnsafeMutableBufferPointer<Int>) throws(LogError) {
        let placement = try placed()
        templates.layouts.withUnsafeBufferPointer { layouts in
            for row in 0..<codes.elements.count {
                let template = Int(codes.elements[row])
                bounds[row] = layouts[template].writtenByteCountMax
                let textCount = layouts[template].textCount
                guard textCount > 0 else { continue }
                let first = placement.starts.elements[template].text + Int(placement.ordinals.elements[row]) * textCount
                for text in first..<(first + textCount) { bounds[row] += texts.view[text].count }
            }
        }
    }

    /// Calls `body` with the message of `row`, whose bytes are valid within it.
    func withMessage<R>(_ row: Int, _ body: (UnsafeRawBufferPointer) -> R) throws(LogError) -> R {
        try withValues { (values) throws(LogError) in
            scratch.removeAll()
            try values.appendMessage(of: row, to: &scratch)
        }
        return body(UnsafeRawBufferPointer(scratch.view))
    }

    private func placed() throws(LogError) -> MessagePlacement {
        if let placement { return placement }
        let made = MessagePlacement(codes.view, templates: templates)
        guard made.end.bit <= packed.elements.count * 8, made.end.code <= dictionaryCodes.elements.count,
            made.end.text <= texts.view.count
        else { throw LogError(.corruption, "the messages' values end early", location: location) }
        placement = made
        return made
    }
}
