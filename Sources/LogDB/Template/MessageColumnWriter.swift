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
                    let rows = MessagePlacement.rowsByTemplate(codes, templateCount: layouts.count)
                    var first = 0
                    while first < rows.count {
                        let template = codes[Int(rows[first])]
                        var end = first + 1
                        while end < rows.count, codes[Int(rows[end])] == template { end += 1 }
                        let layout = layouts[Int(template)]
                        let ofTemplate = UnsafeBufferPointer(rebasing: slots[layout.slots])
                        for row in rows[first..<end] where !ofTemplate.isEmpty {
                            let start = Int(valueStarts.elements[Int(row)])
                            write(values.baseAddress! + start, ofTemplate, layout, dictionaryValues, texts)
                        }
                        first = end
                    }
                }
            }
        }
        bits.finish()
        var writer = ByteWriter()
        CodeColumn.encode(codes, valueCount: templates.count, level: level, compressor: &compressor, into: &writer)
        writer.varint(bits.bytes.count)
        writer.bytes.append(contentsOf: bits.bytes)
        PackedBytes.encodePlane(
            UnsafeRawBufferPointer(dictionaryCodes.view), level: level, compressor: &compressor, into: &writer)
        writer.varint(blockTexts.count)
        StringColumn.encode(blockTexts.view, level: level, compressor: &compressor, into: &writer)
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    /// Writes one row's values.
    @inline(__always)
    private mutating func write(
        _ values: UnsafePointer<UInt64>, _ slots: UnsafeBufferPointer<MessageTemplates.Slot>,
        _ layout: MessageTemplates.Layout, _ dictionaryValues: UnsafeBufferPointer<UInt64>, _ texts: BytesView
    ) {
        if layout.bitCount <= 64, layout.codeCount == 0, layout.textCount == 0 {
            var word: UInt64 = 0
            var bit: UInt64 = 0
            for index in 0..<slots.count {
                word |= (values[index] &- slots[index].base) << bit
                bit += UInt64(slots[index].width)
            }
            bits.append(word, width: layout.bitCount)
            return
        }
        for index in 0..<slots.count {
            let slot = slots[index]
            switch slot.storage {
            case .packed:
                bits.append(values[index] - slot.base, width: Int(slot.width))
            case .dictionary:
                var place = 0
                while dictionaryValues[Int(slot.base) + place] != values[index] { place += 1 }
                dictionaryCodes.append(UInt8(place))
            case .text:
                blockTexts.append(texts[Int(values[index])])
            }
        }
    }
}
