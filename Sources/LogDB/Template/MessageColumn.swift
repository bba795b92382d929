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
    private var scratch: [UInt8] = []

    var byteCount: Int { codes.byteCount + packed.byteCount + dictionaryCodes.byteCount + texts.byteCount }

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

    /// Appends the message of `row`.
    func append(_ row: Int, to output: inout ByteColumn) throws(LogError) {
        let count = try write(row)
        scratch.withUnsafeBytes { output.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// The message of `row`.
    func message(_ row: Int) throws(LogError) -> [UInt8] {
        let count = try write(row)
        return Array(scratch[..<count])
    }

    /// Calls `body` with the values of the rows' slots.
    func withValues<R>(_ body: (MessageValues) throws(LogError) -> R) throws(LogError) -> R {
        let placement = try placed()
        let result: Result<R, LogError> = templates.layouts.withUnsafeBufferPointer { layouts in
            templates.slots.withUnsafeBufferPointer { slots in
                let values = MessageValues(
                    layouts: layouts, slots: slots, dictionaryValues: templates.dictionaryValues,
                    placement: placement, codes: codes.view, packed: UnsafeRawPointer(packed.elements.baseAddress!),
                    dictionaryCodes: dictionaryCodes.view, texts: texts.view, column: self)
                do throws(LogError) { return .success(try body(values)) } catch { return .failure(error) }
            }
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
        let count = try write(row)
        return scratch.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// Writes the message of `row` to the start of `scratch`.
    private func write(_ row: Int) throws(LogError) -> Int {
        let placement = try placed()
        let template = Int(codes.elements[row])
        let layout = templates.layouts[template]
        let ordinal = Int(placement.ordinals.elements[row])
        let starts = placement.starts.elements[template]
        let firstText = starts.text + ordinal * layout.textCount
        var byteCountMax = layout.writtenByteCountMax
        if layout.textCount > 0 {
            let view = texts.view
            for index in firstText..<(firstText + layout.textCount) { byteCountMax += view[index].count }
        }
        if scratch.count < byteCountMax { scratch = [UInt8](repeating: 0, count: byteCountMax * 2) }
        let written = scratch.withUnsafeMutableBufferPointer { output in
            templates.texts.bytes.withUnsafeBufferPointer { template in
                write(
                    layout, template, bit: starts.bit + ordinal * layout.bitCount,
                    code: starts.code + ordinal * layout.codeCount,
                    text: firstText, range: templates.texts.range(Int(codes.elements[row])),
                    to: output.baseAddress!)
            }
        }
        guard written >= 0 else {
            throw LogError(.corruption, "a message's value is out of bounds", location: location)
        }
        return written
    }

    /// - Returns: How many bytes were written; -1 when a value is none.
    private func write(
        _ layout: MessageTemplates.Layout, _ template: UnsafeBufferPointer<UInt8>, bit: Int, code: Int, text: Int,
        range: Range<Int>, to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var (bit, code, text) = (bit, code, text)
        let packedBytes = UnsafeRawPointer(packed.elements.baseAddress!)
        var written = 0
        var copied = range.lowerBound
        func copy(to position: Int) {
            let count = position - copied
            if count > 0 { (target + written).update(from: template.baseAddress! + copied, count: count) }
            written += count
        }
        for index in layout.slots {
            let slot = templates.slots[index]
            copy(to: Int(slot.position))
            copied = Int(slot.position) + 1
            let value: UInt64
            switch slot.storage {
            case .packed:
                value = slot.base &+ BitPacking.value(in: packedBytes, at: bit, width: Int(slot.width))
                bit += Int(slot.width)
            case .dictionary:
                let place = UInt32(dictionaryCodes.elements[code])
                code += 1
                guard place < slot.dictionaryCount else { return -1 }
                value = templates.dictionaryValues[Int(slot.base) + Int(place)]
            case .text:
                let bytes = texts.view[text]
                text += 1
                if let source = bytes.baseAddress {
                    UnsafeMutableRawPointer(target + written).copyMemory(from: source, byteCount: bytes.count)
                }
                written += bytes.count
                continue
            }
            let count = SlotValue.write(value, slot.kind, to: target + written)
            guard count > 0 else { return -1 }
            written += count
        }
        copy(to: range.upperBound)
        return written
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
