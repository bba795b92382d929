import LogModel

/// Encodes the message column of one block.
///
///     the rows' templates as codes
///     packed values: byte count varint, bytes
///     dictionary codes, a byte each, as packed bytes
///     texts: count varint, strings
///
/// Each of the three streams of values goes by template, then by row, then by slot: what a template's rows hold stands
/// together, and a row's place follows from the codes.
struct MessageColumnWriter: ~Copyable {
    private let templates: MessageTemplates
    private let level: Int
    private var compressor = ZstdCompressor()

    init(templates: MessageTemplates, level: Int) {
        self.templates = templates
        self.level = level
    }

    /// - Parameters:
    ///   - codes: Each row's template.
    ///   - values: The slots' values, row after row. That of a text slot is its place in `texts`.
    mutating func encode(_ codes: [UInt32], values: ArraySlice<UInt64>, texts: ByteColumn) -> [UInt8] {
        var valueStarts: [Int] = []
        valueStarts.reserveCapacity(codes.count)
        var start = values.startIndex
        for code in codes {
            valueStarts.append(start)
            start += templates.layouts[Int(code)].slots.count
        }
        var bits = PackedBitWriter()
        var dictionaryCodes: [UInt8] = []
        var blockTexts = ByteColumn()
        for row in MessagePlacement.rowsByTemplate(codes, templateCount: templates.count) {
            let layout = templates.layouts[Int(codes[Int(row)])]
            var position = valueStarts[Int(row)]
            for slot in templates.slots[layout.slots] {
                let value = values[position]
                position += 1
                switch slot.storage {
                case .packed:
                    bits.append(value - slot.base, width: Int(slot.width))
                case .dictionary:
                    let dictionary = Int(slot.base)..<Int(slot.base) + Int(slot.dictionaryCount)
                    let place = templates.dictionaryValues[dictionary].firstIndex(of: value)!
                    dictionaryCodes.append(UInt8(place - dictionary.lowerBound))
                case .text:
                    texts.withBytes(Int(value)) { blockTexts.append($0) }
                }
            }
        }
        bits.finish()
        var writer = ByteWriter()
        CodeColumn.encode(
            codes, valueCount: templates.count, level: level, compressor: &compressor, into: &writer)
        writer.varint(bits.bytes.count)
        writer.bytes.append(contentsOf: bits.bytes)
        PackedBytes.encode(dictionaryCodes, level: level, compressor: &compressor, into: &writer)
        writer.varint(blockTexts.count)
        StringColumn.encode(blockTexts, level: level, compressor: &compressor, into: &writer)
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }
}
