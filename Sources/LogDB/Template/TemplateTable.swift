import LogModel

/// The templates of a segment while its messages are collected: their numbers, how often each occurs, and what has to be
/// known of each to take a message of it without reading its text again.
struct TemplateTable: ~Copyable {
    /// What is known of one template.
    struct Facts: BitwiseCopyable {
        /// Where its slots begin in `slotKinds` and `ranges`.
        var slotStart: UInt32
        var slotCount: UInt16
        var textCount: UInt16
        /// Bytes of its text that are no slots.
        var literalByteCount: UInt32
        /// Of a message that is kept whole: one slot of text and nothing else.
        var isWhole: Bool
        var isASCII: Bool
        /// The words that no slot is part of, in `staticWords`.
        var wordStart: UInt32
        var wordEnd: UInt32
        /// The parts of the words that slots are part of, in `pieces`.
        var pieceStart: UInt32
        var pieceEnd: UInt32
        var rowCount: UInt32 = 0
        /// The block that its words were last added for.
        var lastBlock = UInt32.max
    }

    /// A part of a word that holds a slot.
    struct WordPiece: BitwiseCopyable {
        enum Kind: UInt8, BitwiseCopyable {
            /// Bytes of `literals`, case-folded.
            case literal
            case slot
            /// The stretch ends: what was written is one word.
            case endOfWord
            /// The stretch ends: what was written may be several words.
            case endOfWords
        }

        var kind: Kind
        var slot: SlotKind = .digits
        var start: UInt32 = 0
        var count: UInt32 = 0
    }

    /// The least and the greatest value of a slot.
    struct ValueRange: BitwiseCopyable {
        var low = UInt64.max
        var high = UInt64.min
    }

    /// Templates by their texts, in the order they came.
    private(set) var texts = StringTable(minimumCapacity: 1_024)
    private(set) var facts = GrowingBuffer<Facts>()
    private(set) var slotKinds = GrowingBuffer<SlotKind>()
    private(set) var ranges = GrowingBuffer<ValueRange>()
    private(set) var levelCounts = GrowingBuffer<UInt32>()
    private(set) var staticWords = GrowingBuffer<UInt64>()
    private(set) var pieces = GrowingBuffer<WordPiece>()
    private(set) var literals = GrowingBuffer<UInt8>()

    var count: Int { texts.count }

    /// The template's number, given it now if there is room for it; nil if there is none.
    @inline(__always)
    mutating func number(_ template: UnsafeRawBufferPointer) -> UInt32? {
        if let known = texts.find(template) { return known }
        guard texts.count < MessageCollector.templateCountMax - 1,
            texts.bytes.count + template.count <= MessageCollector.templateByteCountMax
        else { return nil }
        return insert(template)
    }

    /// The number of the template of messages that are kept whole, for which there is always room.
    mutating func numberOfWhole() -> UInt32 {
        let whole: [UInt8] = [SlotKind.text.rawValue]
        return whole.withUnsafeBytes { texts.find($0) ?? insert($0) }
    }

    /// Counts a row of a template.
    ///
    /// - Parameter values: Those of the template's slots.
    @inline(__always)
    mutating func count(_ template: Int, level: UInt8, values: UnsafePointer<UInt64>) {
        let facts = facts.elements.baseAddress! + template
        facts.pointee.rowCount += 1
        levelCounts.elements[template * MessageTemplates.levelCount + Int(level)] += 1
        let ranges = ranges.elements.baseAddress! + Int(facts.pointee.slotStart)
        for slot in 0..<Int(facts.pointee.slotCount) {
            let value = values[slot]
            ranges[slot].low = min(ranges[slot].low, value)
            ranges[slot].high = max(ranges[slot].high, value)
        }
    }

    /// Whether the template's static words are still to be added for the block; they are taken to be from now on.
    @inline(__always)
    mutating func isNew(_ template: Int, in block: UInt32) -> Bool {
        let facts = facts.elements.baseAddress! + template
        guard facts.pointee.lastBlock != block else { return false }
        facts.pointee.lastBlock = block
        return true
    }

    // MARK: A new template

    private mutating func insert(_ template: UnsafeRawBufferPointer) -> UInt32 {
        let number = texts.intern(template)
        var facts = Facts(
            slotStart: UInt32(slotKinds.count), slotCount: 0, textCount: 0, literalByteCount: 0, isWhole: false,
            isASCII: true, wordStart: UInt32(staticWords.count), wordEnd: 0, pieceStart: UInt32(pieces.count),
            pieceEnd: 0)
        for byte in template {
            if let kind = SlotKind(rawValue: byte) {
                facts.slotCount += 1
                facts.textCount += kind == .text ? 1 : 0
                slotKinds.append(kind)
                ranges.append(ValueRange())
            } else {
                facts.literalByteCount += 1
                facts.isASCII = facts.isASCII && byte < 0x80
            }
        }
        facts.isWhole = template.count == 1 && facts.textCount == 1
        if facts.isASCII, !facts.isWhole { appendWords(template) }
        facts.wordEnd = UInt32(staticWords.count)
        facts.pieceEnd = UInt32(pieces.count)
        self.facts.append(facts)
        levelCounts.append(repeating: 0, count: MessageTemplates.levelCount)
        return number
    }

    /// The words of an ASCII template: those that hold no slot whole, by their hashes, the others in pieces.
    private mutating func appendWords(_ template: UnsafeRawBufferPointer) {
        var position = 0
        while position < template.count {
            guard TemplateTable.isPartOfWord(template[position]) else {
                position += 1
                continue
            }
            var end = position
            var holdsSlot = false
            while end < template.count, TemplateTable.isPartOfWord(template[end]) {
                holdsSlot = holdsSlot || SlotKind.isMarker(template[end])
                end += 1
            }
            let word = UnsafeRawBufferPointer(rebasing: template[position..<end])
            if holdsSlot { appendPieces(word) } else { appendStaticWord(word) }
            position = end
        }
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        SlotKind.isMarker(byte) || ASCII.isTokenCharacter(byte)
    }

    private mutating func appendStaticWord(_ word: UnsafeRawBufferPointer) {
        let folded = word.map { ASCII.fold($0) }
        staticWords.append(folded.withUnsafeBytes { Tokenizer.hash($0) })
    }

    private mutating func appendPieces(_ word: UnsafeRawBufferPointer) {
        var isOneWord = true
        for byte in word {
            if let slot = SlotKind(rawValue: byte) {
                pieces.append(WordPiece(kind: .slot, slot: slot))
                if slot == .uuidHead || slot == .uuidTail { isOneWord = false }
                continue
            }
            if pieces.count > 0, pieces[pieces.count - 1].kind == .literal {
                pieces.elements[pieces.count - 1].count += 1
            } else {
                pieces.append(WordPiece(kind: .literal, start: UInt32(literals.count), count: 1))
            }
            literals.append(ASCII.fold(byte))
        }
        pieces.append(WordPiece(kind: isOneWord ? .endOfWord : .endOfWords))
    }
}
