import LogModel

/// Whether a literal may occur in messages of a template, some of its bytes in slots: what must be known before rows are
/// written out to look for it.
///
/// The literal's prefixes that have been seen are the bits of one number (Baeza-Yates and Gonnet 1992); a slot lets each
/// of them grow by any bytes that its values may have.
struct LiteralReach {
    /// For each byte, where it stands in the literal.
    private let places: [UInt64]
    private let end: UInt64
    private let digits: UInt64
    private let hexDigits: UInt64
    private let uuid: UInt64
    private let alphanumerics: UInt64

    /// - Parameter folded: At least one byte; the first 64 count.
    init(_ folded: [UInt8]) {
        let literal = folded.prefix(64)
        var places = [UInt64](repeating: 0, count: 256)
        for (index, byte) in literal.enumerated() { places[Int(byte)] |= 1 << UInt64(index) }
        end = 1 << UInt64(literal.count - 1)
        func union(_ bytes: String) -> UInt64 { bytes.utf8.reduce(0) { $0 | places[Int($1)] } }
        digits = union("0123456789")
        hexDigits = union("0123456789abcdef")
        uuid = union("0123456789abcdef-")
        alphanumerics = union("0123456789abcdefghijklmnopqrstuvwxyz")
        self.places = places
    }

    /// False when no message of the template has the literal, in any case.
    func mayOccur(in templates: MessageTemplates, _ template: Int) -> Bool {
        let range = templates.texts.range(template)
        var slot = templates.layouts[template].slots.lowerBound
        let slotEnd = templates.layouts[template].slots.upperBound
        var seen: UInt64 = 0
        for position in range {
            if slot < slotEnd, Int(templates.slots[slot].position) == position {
                // A message that is kept whole may have anything.
                if templates.slots[slot].kind == .text, range.count == 1 { return true }
                seen = grown(seen, by: bytes(of: templates.slots[slot].kind))
                slot += 1
            } else {
                let byte = templates.texts.bytes[position]
                // What it folds to may be ASCII.
                if byte >= 0x80 { return true }
                seen = (seen << 1 | 1) & places[Int(ASCII.fold(byte))]
            }
            if seen & end != 0 { return true }
        }
        return false
    }

    private func bytes(of kind: SlotKind) -> UInt64 {
        switch kind {
        case .digits: digits
        case .hex, .wideHex, .upperHex, .wideUpperHex: hexDigits
        case .uuidHead, .uuidTail: uuid
        case .text: alphanumerics
        }
    }

    /// The prefixes after a value of one or more of these bytes.
    private func grown(_ seen: UInt64, by bytes: UInt64) -> UInt64 {
        var all = (seen << 1 | 1) & bytes
        while true {
            let next = all | (all << 1 | 1) & bytes
            if next == all { return all }
            all = next
        }
    }
}
