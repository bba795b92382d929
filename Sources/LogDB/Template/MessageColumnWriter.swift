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
    private var bits = PackedBitWriter()
    private var dictionaryCodes = GrowingBuffer<UInt8>()
    private var blockTexts = GrowingStrings()

    init(templates: MessageTemplates, level: Int) {
        self.templates = templates
        self.level = level
    }

    /// - Parameters:
    ///   - codes: Each row's template.
    ///   - values: The slots' values, row after row. That of a text slot is its place in `texts`.
    mutating func encode(
        _ codes: UnsafeBufferPointer<UInt32>, values: UnsafeBufferPointer<UInt64>, texts: BytesView
    ) -> [UInt8] {
        bits.removeAll()
        dictionaryCodes.removeAll()
        blockTexts.removeAll()
        templates.layouts.withUnsafeBufferPointer { layouts in
            templates.slots.withUnsafeBufferPointer { slots in
                templates.dictionaryValues.withUnsafeBufferPointer { dictionaryValues in
                    let valueStarts = ColumnBuffer<UInt32>(count: codes.count)
                    var start = 0
                    for row in 0..<codes.count {
                        valueStarts.elements[row] = UInt32(start)
                        start += layouts[Int(codes[row])].slots.count
                    }
                    for row in MessagePlacement.rowsByTemplate(codes, templateCount: layouts.count) {
                        var value = Int(valueStarts.elements[Int(row)])
                        for slot in layouts[Int(codes[Int(row)])].slots {
                            write(values[value], slots[slot], dictionaryValues, texts)
                            value += 1
                        }
                    }
                }
            }
        }
        bits.finish()
        var writer = ByteWriter()
        CodeColumn.encode(codes, valueCount: templates.count, level: level, compressor: &compressor, into: &writer)
        writer.varint(bits.bytes.count)
        writer.bytes.append(contentsOf: bits.bytes)
        PackedBytes.encode(
            UnsafeRawBufferPointer(dictionaryCodes.view), level: level, compressor: &compressor, into: &writer)
        writer.varint(blockTexts.count)
        StringColumn.encode(blockTexts.view, level: level, compressor: &compressor, into: &writer)
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    @inline(__always)
    private mutating func write(
        _ value: UInt64, _ slot: MessageTemplates.Slot, _ dictionaryValues: UnsafeBufferPointer<UInt64>,
        _ texts: BytesView
    ) {
        switch slot.storage {
        case .packed:
            bits.append(value - slot.base, width: Int(slot.width))
        case .dictionary:
            var place = 0
            while dictionaryValues[Int(slot.base) + place] != value { place += 1 }
            dictionaryCodes.append(UInt8(place))
        case .text:
            blockTexts.append(texts[Int(value)])
        }
    }
}
