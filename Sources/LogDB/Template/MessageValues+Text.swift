/// Writing messages out.
extension MessageValues {
    /// Appends the message of `row`.
    ///
    /// - Throws: `.corruption` when a value stands for no text.
    @inline(__always)
    func appendMessage(of row: Int, to output: inout GrowingBuffer<UInt8>) throws(LogError) {
        let template = Int(codes[row])
        let layout = templates.layouts[template]
        var place = start(of: row, layout)
        var byteCountMax = layout.writtenByteCountMax
        for text in place.text..<(place.text + layout.textCount) { byteCountMax += texts[text].count }
        let start = output.count
        let target = UnsafeMutableRawPointer(output.extend(by: byteCountMax))
        let text = templates.texts.bytes.baseAddress!
        let textEnd = Int(templates.texts.ends[template])
        var copied = template == 0 ? 0 : Int(templates.texts.ends[template - 1])
        var written = 0
        for index in layout.slots {
            let slot = templates.slots[index]
            let position = Int(slot.position)
            (target + written).copyMemory(from: text + copied, byteCount: position - copied)
            written += position - copied
            copied = position + 1
            if slot.storage == .text {
                let bytes = texts[place.text]
                place.text += 1
                if let source = bytes.baseAddress {
                    (target + written).copyMemory(from: source, byteCount: bytes.count)
                }
                written += bytes.count
            } else {
                let count = SlotValue.write(
                    try number(slot, &place), slot.kind, to: (target + written).assumingMemoryBound(to: UInt8.self))
                guard count > 0 else { throw damaged }
                written += count
            }
        }
        (target + written).copyMemory(from: text + copied, byteCount: textEnd - copied)
        output.truncate(to: start + written + textEnd - copied)
    }
}
