/// The values of a block's messages where they lie: nothing is counted or checked a row but what damaged bytes could break.
/// Valid within `MessageColumn.withValues`.
struct MessageValues {
    let templates: MessageTemplates.Views
    /// Of `MessagePlacement`.
    let starts: UnsafeBufferPointer<MessagePlacement.Starts>
    let ordinals: UnsafeBufferPointer<UInt32>
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
        let layout = templates.layouts[Int(codes[row])]
        let start = start(of: row, layout)
        let target = values.extend(by: layout.slots.count)
        let slots = UnsafeBufferPointer(rebasing: templates.slots[layout.slots])
        guard layout.codeCount == 0, layout.textCount == 0 else {
            return try appendMixed(slots, start, to: target, &newTexts)
        }
        if layout.bitCount <= 56 {
            // One word has the values of all slots.
            var word = BitPacking.value(in: packed, at: start.bit, width: layout.bitCount)
            for index in 0..<slots.count {
                let width = UInt64(slots[index].width)
                target[index] = slots[index].base &+ word & (1 << width &- 1)
                word >>= width
            }
        } else {
            var bit = start.bit
            for index in 0..<slots.count {
                let width = Int(slots[index].width)
                target[index] = slots[index].base &+ BitPacking.value(in: packed, at: bit, width: width)
                bit += width
            }
        }
    }

    /// Where the values of `row` begin.
    @inline(__always)
    func start(of row: Int, _ layout: MessageTemplates.Layout) -> MessagePlacement.Starts {
        var start = starts[Int(codes[row])]
        let ordinal = Int(ordinals[row])
        start.bit += ordinal * layout.bitCount
        start.code += ordinal * layout.codeCount
        start.text += ordinal * layout.textCount
        return start
    }

    private func appendMixed(
        _ slots: UnsafeBufferPointer<MessageTemplates.Slot>, _ start: MessagePlacement.Starts,
        to target: UnsafeMutablePointer<UInt64>, _ newTexts: inout GrowingStrings
    ) throws(LogError) {
        var place = start
        for (index, slot) in slots.enumerated() {
            if slot.storage == .text {
                target[index] = UInt64(newTexts.count)
                newTexts.append(texts[place.text])
                place.text += 1
            } else {
                target[index] = try number(slot, &place)
            }
        }
    }

    /// The value of a slot that holds a number, and on to the next.
    @inline(__always)
    func number(_ slot: MessageTemplates.Slot, _ place: inout MessagePlacement.Starts) throws(LogError) -> UInt64 {
        guard slot.storage == .dictionary else {
            let value = slot.base &+ BitPacking.value(in: packed, at: place.bit, width: Int(slot.width))
            place.bit += Int(slot.width)
            return value
        }
        let code = UInt32(dictionaryCodes[place.code])
        place.code += 1
        guard code < slot.dictionaryCount else { throw damaged }
        return templates.dictionaryValues[Int(slot.base) + Int(code)]
    }

    var damaged: LogError {
        LogError(.corruption, "a message's value is out of bounds", location: column.location)
    }
}
