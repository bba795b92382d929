import LogModel

/// The templates of a segment's messages, the most frequent first, and how the values of their slots are stored.
///
/// Stored as one checksummed value of the segment:
///
///     template count varint | the templates' texts as strings, in which a slot is its kind's byte
///     per template: rows of each of the five levels, varints
///     per slot, template after template: storage u8
///       0  packed      least varint | width u8              the value less the least, in so many bits
///       1  dictionary  count varint | values varints        a byte a value, its place in the dictionary
///       2  text        nothing                              a string
///     message: packed bytes as in a block, one zstd frame around all of it
final class MessageTemplates: Sendable {
    struct Slot: Sendable {
        enum Storage: UInt8, Sendable {
            case packed = 0
            case dictionary = 1
            case text = 2
        }

        var kind: SlotKind
        var storage: Storage
        /// Of the slot's byte in `texts`.
        var position: UInt32 = 0
        /// Bits of a packed value.
        var width: UInt8 = 0
        /// The least of the packed values; or where the slot's dictionary begins in `dictionaryValues`.
        var base: UInt64 = 0
        var dictionaryCount: UInt32 = 0
    }

    /// What a template's rows hold, and where.
    struct Layout: Sendable {
        /// In `slots`.
        var slots: Range<Int>
        /// Of one row.
        var bitCount: Int
        var codeCount: Int
        var textCount: Int
        /// The most bytes that a row's message has beside its texts.
        var writtenByteCountMax: Int
        /// Whether a slot may hold a word without a digit.
        var isOpaque: Bool
    }

    /// The segment they belong to.
    let segment: UInt64
    /// The templates' texts, with `placeholder` in place of each slot.
    let texts: ByteColumn
    /// Rows of the segment that have each template, of each of the five levels, one template after the other.
    let levelCounts: [UInt32]
    let slots: [Slot]
    let dictionaryValues: [UInt64]
    let layouts: [Layout]

    static let dictionaryCountMax = 64
    static let levelCount = Level.allCases.count
    /// Part of a word, as the values of slots are, so that words end where they would in a message.
    static let placeholder = UInt8(ascii: "0")

    var count: Int { texts.count }

    /// Where the parts lie in memory. Valid within `withViews`.
    struct Views {
        let layouts: UnsafeBufferPointer<Layout>
        let slots: UnsafeBufferPointer<Slot>
        let dictionaryValues: UnsafeBufferPointer<UInt64>
        let texts: BytesView
    }

    @inline(__always)
    func withViews<R>(_ body: (Views) -> R) -> R {
        layouts.withUnsafeBufferPointer { layouts in
            slots.withUnsafeBufferPointer { slots in
                dictionaryValues.withUnsafeBufferPointer { dictionaryValues in
                    texts.bytes.withUnsafeBytes { bytes in
                        texts.ends.withUnsafeBufferPointer { ends in
                            body(
                                Views(
                                    layouts: layouts, slots: slots, dictionaryValues: dictionaryValues,
                                    texts: BytesView(bytes: bytes, ends: ends)))
                        }
                    }
                }
            }
        }
    }

    /// - Parameters:
    ///   - texts: With the kinds' bytes in place of the slots.
    ///   - slots: Those of all templates, one after the other, as many as the texts have such bytes.
    init(
        segment: UInt64, texts: ByteColumn, levelCounts: [UInt32], slots: [Slot], dictionaryValues: [UInt64]
    ) {
        self.segment = segment
        self.levelCounts = levelCounts
        self.dictionaryValues = dictionaryValues
        var texts = texts
        var slots = slots
        var layouts: [Layout] = []
        layouts.reserveCapacity(texts.count)
        var start = 0
        for template in 0..<texts.count {
            let range = texts.range(template)
            var layout = Layout(
                slots: start..<start, bitCount: 0, codeCount: 0, textCount: 0, writtenByteCountMax: 0, isOpaque: false)
            for position in range where SlotKind.isMarker(texts.bytes[position]) {
                texts.bytes[position] = MessageTemplates.placeholder
                slots[start].position = UInt32(position)
                let slot = slots[start]
                switch slot.storage {
                case .packed: layout.bitCount += Int(slot.width)
                case .dictionary: layout.codeCount += 1
                case .text: layout.textCount += 1
                }
                switch slot.kind {
                case .uuidHead, .uuidTail: layout.isOpaque = true
                case .text: if range.count == 1 { layout.isOpaque = true }
                default: break
                }
                start += 1
            }
            layout.slots = layout.slots.lowerBound..<start
            layout.writtenByteCountMax = range.count + layout.slots.count * SlotValue.writtenByteCountMax
            layouts.append(layout)
        }
        self.texts = texts
        self.slots = slots
        self.layouts = layouts
    }

    /// A template's text with the kinds' bytes in place of the slots, as the table of a new segment knows it.
    func markedText(_ template: Int) -> [UInt8] {
        let range = texts.range(template)
        var text = Array(texts.bytes[range])
        for slot in slots[layouts[template].slots] {
            text[Int(slot.position) - range.lowerBound] = slot.kind.rawValue
        }
        return text
    }

    func hasSlots(_ template: Int) -> Bool { !layouts[template].slots.isEmpty }

    /// Memory of the decoded form, about.
    var byteCount: Int {
        texts.bytes.count + texts.count * (MemoryLayout<Layout>.stride + 28)
            + slots.count * MemoryLayout<Slot>.stride + dictionaryValues.count * 8
    }

    // MARK: Coding

    /// A bound that no sound table reaches, so that a damaged count takes no memory.
    private static let byteCountMax = 64 << 20

    func encode(level: Int) -> [UInt8] {
        var compressor = ZstdCompressor()
        var inner = ByteWriter()
        inner.varint(texts.count)
        for template in 0..<texts.count { inner.varint(texts.range(template).count) }
        let start = inner.bytes.count
        inner.bytes.append(contentsOf: texts.bytes)
        for slot in slots { inner.bytes[start + Int(slot.position)] = slot.kind.rawValue }
        for rows in levelCounts { inner.varint(rows) }
        for slot in slots { inner.byte(slot.storage.rawValue) }
        for slot in slots {
            switch slot.storage {
            case .packed:
                inner.varint(slot.base)
                inner.byte(slot.width)
            case .dictionary:
                inner.varint(slot.dictionaryCount)
                for index in 0..<Int(slot.dictionaryCount) { inner.varint(dictionaryValues[Int(slot.base) + index]) }
            case .text:
                break
            }
        }
        var writer = ByteWriter()
        inner.bytes.withUnsafeBytes {
            PackedBytes.encode($0, level: level, compressor: &compressor, into: &writer)
        }
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    /// - Throws: `.corruption`.
    static func decode(_ bytes: UnsafeRawBufferPointer, segment: UInt64) throws(LogError) -> MessageTemplates {
        let location = "templates of segment \(segment)"
        var outer = ByteReader(try Checksummed.open(bytes, location: location), location: location)
        var decompressor = ZstdDecompressor()
        let unpacked = try PackedBytes.decode(&outer, max: byteCountMax, decompressor: &decompressor)
        var reader = ByteReader(UnsafeRawBufferPointer(unpacked.view), location: location)
        let count = try reader.count(max: reader.remaining)
        var texts = ByteColumn()
        var end = 0
        texts.ends.reserveCapacity(count)
        for _ in 0..<count {
            end += try reader.count(max: byteCountMax)
            guard end <= byteCountMax else { throw reader.damaged("the templates are too long") }
            texts.ends.append(UInt32(end))
        }
        texts.bytes = Array(try reader.raw(end))
        var levelCounts: [UInt32] = []
        for _ in 0..<(count * levelCount) {
            levelCounts.append(UInt32(truncatingIfNeeded: try reader.varint()))
        }
        var slots: [Slot] = []
        for byte in texts.bytes where SlotKind.isMarker(byte) {
            guard let kind = SlotKind(rawValue: byte), let storage = Slot.Storage(rawValue: try reader.byte()),
                (kind == .text) == (storage == .text)
            else { throw reader.damaged("an unknown slot") }
            slots.append(Slot(kind: kind, storage: storage))
        }
        var dictionaryValues: [UInt64] = []
        for index in slots.indices {
            switch slots[index].storage {
            case .packed:
                slots[index].base = try reader.varint()
                slots[index].width = try reader.byte()
                guard slots[index].width <= 64 else { throw reader.damaged("a slot of too many bits") }
            case .dictionary:
                slots[index].base = UInt64(dictionaryValues.count)
                slots[index].dictionaryCount = UInt32(try reader.count(max: dictionaryCountMax))
                for _ in 0..<slots[index].dictionaryCount { dictionaryValues.append(try reader.varint()) }
            case .text:
                break
            }
        }
        return MessageTemplates(
            segment: segment, texts: texts, levelCounts: levelCounts, slots: slots, dictionaryValues: dictionaryValues)
    }
}
