/// The values of a block's messages, for whoever takes them without writing the messages out. Valid within
/// `MessageColumn.withValues`.
struct MessageValues {
    let layouts: UnsafeBufferPointer<MessageTemplates.Layout>
    let slots: UnsafeBufferPointer<MessageTemplates.Slot>
    let dictionaryValues: [UInt64]
    let placement: MessagePlacement
    let codes: UnsafeBufferPointer<UInt32>
    let packed: UnsafeRawPointer
    let dictionaryCodes: UnsafeBufferPointer<UInt8>
    let texts: BytesView
    /// What the values are of.
    let column: MessageColumn

    @inline(__always)
    func template(of row: Int) -> Int { Int(codes[row]) }

    /// Appends the values of the slots of `row`, in their order. A text is added to `newTexts`, and its value is its place
    /// there.
    @inline(__always)
    func append(
        _ row: Int, to values: inout GrowingBuffer<UInt64>, _ newTexts: inout GrowingStrings
    ) throws(LogError) {
        let template = Int(codes[row])
        let layout = layouts[template]
        let ordinal = Int(placement.ordinals.elements[row])
        let bit = placement.starts.elements[template].bit + ordinal * layout.bitCount
        let target = values.extend(by: layout.slots.count)
        let slots = UnsafeBufferPointer(rebasing: slots[layout.slots])
        guard layout.codeCount == 0, layout.textCount == 0 else {
            return try appendMixed(slots, bit: bit, ordinal, template, to: target, &newTexts)
        }
        if layout.bitCount <= 56 {
            // One word has the values of all slots.
            var word = BitPacking.value(in: packed, at: bit, width: layout.bitCount)
            for index in 0..<slots.count {
                let width = UInt64(slots[index].width)
                target[index] = slots[index].base &+ word & (1 << width &- 1)
                word >>= width
            }
        } else {
            var bit = bit
            for index in 0..<slots.count {
                let width = Int(slots[index].width)
                target[index] = slots[index].base &+ BitPacking.value(in: packed, at: bit, width: width)
                bit += width
            }
        }
    }

    private func appendMixed(
        _ slots: UnsafeBufferPointer<MessageTemplates.Slot>, bit: Int, _ ordinal: Int, _ template: Int,
        to target: UnsafeMutablePointer<UInt64>, _ newTexts: inout GrowingStrings
    ) throws(LogError) {
        var bit = bit
        var code = placement.starts.elements[template].code + ordinal * layouts[template].codeCount
        var text = placement.starts.elements[template].text + ordinal * layouts[template].textCount
        for (index, slot) in slots.enumerated() {
            switch slot.storage {
            case .packed:
                target[index] = slot.base &+ BitPacking.value(in: packed, at: bit, width: Int(slot.width))
                bit += Int(slot.width)
            case .dictionary:
                let place = UInt32(dictionaryCodes[code])
                code += 1
                guard place < slot.dictionaryCount else {
                    throw LogError(.corruption, "a message's value is out of bounds", location: column.location)
                }
                target[index] = dictionaryValues[Int(slot.base) + Int(place)]
            case .text:
                target[index] = UInt64(newTexts.count)
                newTexts.append(texts[text])
                text += 1
            }
        }
    }
}
