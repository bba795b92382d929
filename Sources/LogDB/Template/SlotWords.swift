import LogModel

/// Writes the words of a message that hold values of slots, from the values alone, and hashes them for the index.
struct SlotWords: ~Copyable {
    /// Room for the longest stretch of a template with the longest value in each of its slots but texts.
    private var scratch = GrowingBuffer<UInt8>(minimumCapacity: 4_096)

    /// Adds the words with a slot of a message to `words`.
    ///
    /// - Parameters:
    ///   - values: Of the template's slots; that of a text is its place in `texts`.
    ///   - texts: ASCII letters and digits, as slots of texts hold.
    mutating func insert(
        _ template: TemplateTable.Facts, of table: borrowing TemplateTable, values: UnsafePointer<UInt64>,
        texts: BytesView, into words: inout WordSet
    ) {
        var slot = 0
        scratch.removeAll()
        for index in Int(template.pieceStart)..<Int(template.pieceEnd) {
            let piece = table.pieces[index]
            switch piece.kind {
            case .literal:
                let target = scratch.extend(by: Int(piece.count))
                for index in 0..<Int(piece.count) { target[index] = table.literals[Int(piece.start) + index] }
            case .slot:
                // Slots stand in words, every one of them, so that counting pieces counts slots.
                append(values[slot], piece.slot, texts)
                slot += 1
            case .endOfWord:
                words.insert(Tokenizer.hash(UnsafeRawBufferPointer(scratch.view)))
                scratch.removeAll()
            case .endOfWords:
                insertEach(into: &words)
                scratch.removeAll()
            }
        }
    }

    @inline(__always)
    private mutating func append(_ value: UInt64, _ kind: SlotKind, _ texts: BytesView) {
        guard kind != .text else {
            let text = texts[Int(value)]
            let target = scratch.extend(by: text.count)
            for index in 0..<text.count { target[index] = ASCII.fold(text[index]) }
            return
        }
        let start = scratch.count
        let target = scratch.extend(by: SlotValue.writtenByteCountMax)
        scratch.truncate(to: start + SlotValue.write(value, kind.folded, to: target))
    }

    private func insertEach(into words: inout WordSet) {
        let bytes = scratch.view
        var start = 0
        for index in 0...bytes.count where index == bytes.count || !ASCII.isTokenCharacter(bytes[index]) {
            if index > start {
                words.insert(
                    Tokenizer.hash(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<index])))
            }
            start = index + 1
        }
    }
}

extension SlotKind {
    /// The kind whose values are written in lower case.
    fileprivate var folded: SlotKind {
        switch self {
        case .upperHex: .hex
        case .wideUpperHex: .wideHex
        default: self
        }
    }
}
