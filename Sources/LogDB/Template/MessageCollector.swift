import CBytes
import LogModel

/// Takes the messages of a new segment, block after block, and encodes them once all have been seen: only then is it
/// known which templates there are and what their slots hold.
///
/// Memory: 4 bytes a row, 8 a value, and the bytes of the values that are text.
struct MessageCollector: ~Copyable {
    /// The templates of a segment that has more, or longer ones, are those that came first; other messages are kept
    /// whole. It bounds memory when messages have nothing in common.
    static let templateCountMax = 32_768
    static let templateByteCountMax = 4 << 20

    private var parser = MessageParser()
    /// Templates by their texts, in the order they came.
    private var table = StringTable(minimumCapacity: 1_024)
    private var rowCounts: [UInt32] = []
    private var levelCounts: [UInt32] = []
    private var slotCounts: [UInt16] = []
    /// Hashes of the words of each template that no slot is part of, and where each template's end.
    private var staticWords: [UInt64] = []
    private var staticWordEnds: [UInt32] = []
    /// The block that each template was last seen in.
    private var lastBlocks: [UInt32] = []

    private var rowTemplates: [UInt32] = []
    private var values: [UInt64] = []
    private var valueTexts = ByteColumn()
    /// Where each block's rows and values end.
    private var blockEnds: [(rows: Int, values: Int)] = []

    private var foldScratch = [UInt8](repeating: 0, count: MessageParser.messageByteCountMax)
    private var tokenScratch: [UInt8] = []

    init() {}

    var blockCount: Int { blockEnds.count }

    /// Takes the messages of the next block, and adds their words to `words`.
    ///
    /// - Parameter levels: Each message's.
    mutating func add(_ messages: ByteColumn, levels: [UInt8], words: inout WordSet) {
        let block = UInt32(blockEnds.count)
        rowTemplates.reserveCapacity(rowTemplates.count + messages.count)
        messages.bytes.withUnsafeBytes { bytes in
            for index in 0..<messages.count {
                let template = add(
                    UnsafeRawBufferPointer(rebasing: bytes[messages.range(index)]), block: block, &words)
                rowTemplates.append(template)
                rowCounts[Int(template)] += 1
                levelCounts[Int(template) * MessageTemplates.levelCount + Int(levels[index])] += 1
            }
        }
        blockEnds.append((rowTemplates.count, values.count))
    }

    /// - Returns: The message's template.
    private mutating func add(
        _ message: UnsafeRawBufferPointer, block: UInt32, _ words: inout WordSet
    ) -> UInt32 {
        guard parser.parse(message), let template = number(parser.template) else {
            words.insertWords(of: message, scratch: &tokenScratch)
            let whole: [UInt8] = [SlotKind.text.rawValue]
            let template = whole.withUnsafeBytes { numberOfNew($0) }
            values.append(UInt64(valueTexts.count))
            valueTexts.append(message)
            return template
        }
        if cbytes_is_ascii(message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count) != 0 {
            insertWords(of: message, template, block, &words)
        } else {
            words.insertWords(of: message, scratch: &tokenScratch)
        }
        let start = values.count
        values.append(contentsOf: parser.values)
        if slotCounts[Int(template)] > 0 { takeTexts(template, message, from: start) }
        return template
    }

    /// The template's number, given it now when there is room for it.
    @inline(__always)
    private mutating func number(_ template: UnsafeRawBufferPointer) -> UInt32? {
        if let known = table.find(template) { return known }
        guard table.count < MessageCollector.templateCountMax - 1,
            table.bytes.count + template.count <= MessageCollector.templateByteCountMax
        else { return nil }
        return numberOfNew(template)
    }

    private mutating func numberOfNew(_ template: UnsafeRawBufferPointer) -> UInt32 {
        let number = table.intern(template)
        if Int(number) == rowCounts.count {
            rowCounts.append(0)
            levelCounts.append(contentsOf: repeatElement(0, count: MessageTemplates.levelCount))
            slotCounts.append(template.reduce(0) { $0 + (SlotKind.isMarker($1) ? 1 : 0) })
            appendStaticWords(template)
            lastBlocks.append(.max)
        }
        return number
    }

    /// Replaces the places of text values by the numbers of the strings.
    private mutating func takeTexts(_ template: UInt32, _ message: UnsafeRawBufferPointer, from start: Int) {
        let range = table.range(Int(template))
        var index = start
        for position in range {
            let byte = table.bytes[position]
            guard SlotKind.isMarker(byte) else { continue }
            if byte == SlotKind.text.rawValue {
                let offset = Int(values[index] >> 32)
                let count = Int(values[index] & 0xffff_ffff)
                values[index] = UInt64(valueTexts.count)
                valueTexts.append(UnsafeRawBufferPointer(rebasing: message[offset..<(offset + count)]))
            }
            index += 1
        }
    }

    // MARK: Words

    private mutating func insertWords(
        of message: UnsafeRawBufferPointer, _ template: UInt32, _ block: UInt32, _ words: inout WordSet
    ) {
        if lastBlocks[Int(template)] != block {
            lastBlocks[Int(template)] = block
            let end = Int(staticWordEnds[Int(template)])
            let start = template == 0 ? 0 : Int(staticWordEnds[Int(template) - 1])
            for index in start..<end { words.insert(staticWords[index]) }
        }
        for word in parser.words {
            let count = word.count
            for index in 0..<count { foldScratch[index] = ASCII.fold(message[Int(word.lowerBound) + index]) }
            foldScratch.withUnsafeBytes {
                words.insert(Tokenizer.hash(UnsafeRawBufferPointer(rebasing: $0[..<count])))
            }
        }
    }

    /// The words of an ASCII template that hold no slot. Of others the words come from the messages themselves.
    private mutating func appendStaticWords(_ template: UnsafeRawBufferPointer) {
        var folded: [UInt8] = []
        var holdsSlot = false
        for index in 0...template.count {
            let byte = index < template.count ? template[index] : 0
            if SlotKind.isMarker(byte) {
                holdsSlot = true
            } else if ASCII.isTokenCharacter(byte) {
                folded.append(ASCII.fold(byte))
            } else {
                if !folded.isEmpty, !holdsSlot { staticWords.append(folded.withUnsafeBytes { Tokenizer.hash($0) }) }
                folded.removeAll(keepingCapacity: true)
                holdsSlot = false
            }
        }
        staticWordEnds.append(UInt32(staticWords.count))
    }

    // MARK: Encoding

    /// The templates of all messages, and the message column of each block. Nothing stays in the collector.
    ///
    /// - Parameter emit: Called with each block's column, in order.
    mutating func finish(
        segment: UInt64, level: Int, emit: (Int, [UInt8]) throws(LogError) -> Void
    ) throws(LogError) -> MessageTemplates {
        let order = (0..<UInt32(table.count)).sorted { (rowCounts[Int($0)], $1) > (rowCounts[Int($1)], $0) }
        var numbers = [UInt32](repeating: 0, count: table.count)
        for (number, template) in order.enumerated() { numbers[Int(template)] = UInt32(number) }

        let rows = rowsByTemplate()
        var texts = ByteColumn()
        var slots: [MessageTemplates.Slot] = []
        var dictionaryValues: [UInt64] = []
        for template in order {
            table.withBytes(Int(template)) { texts.append($0) }
            appendSlots(of: template, rows: rows, to: &slots, &dictionaryValues)
        }
        let templates = MessageTemplates(
            segment: segment, texts: texts,
            levelCounts: order.flatMap { template in
                let start = Int(template) * MessageTemplates.levelCount
                return levelCounts[start..<(start + MessageTemplates.levelCount)]
            }, slots: slots, dictionaryValues: dictionaryValues)
        var writer = MessageColumnWriter(templates: templates, level: level)
        var rowStart = 0
        var valueStart = 0
        for (block, end) in blockEnds.enumerated() {
            let codes = rowTemplates[rowStart..<end.rows].map { numbers[Int($0)] }
            try emit(block, writer.encode(codes, values: values[valueStart..<end.values], texts: valueTexts))
            rowStart = end.rows
            valueStart = end.values
        }
        return templates
    }

    /// For each template, where the values of each of its rows begin.
    private func rowsByTemplate() -> (starts: [Int], valueStarts: [UInt32]) {
        var starts = [Int](repeating: 0, count: table.count + 1)
        for template in 0..<table.count { starts[template + 1] = starts[template] + Int(rowCounts[template]) }
        var cursors = starts
        var valueStarts = [UInt32](repeating: 0, count: rowTemplates.count)
        var valueStart: UInt32 = 0
        for template in rowTemplates {
            valueStarts[cursors[Int(template)]] = valueStart
            cursors[Int(template)] += 1
            valueStart += UInt32(slotCounts[Int(template)])
        }
        return (starts, valueStarts)
    }

    private func appendSlots(
        of template: UInt32, rows: (starts: [Int], valueStarts: [UInt32]),
        to slots: inout [MessageTemplates.Slot], _ dictionaryValues: inout [UInt64]
    ) {
        let range = rows.starts[Int(template)]..<rows.starts[Int(template) + 1]
        var index = 0
        for position in table.range(Int(template)) {
            guard let kind = SlotKind(rawValue: table.bytes[position]) else { continue }
            defer { index += 1 }
            guard kind != .text else {
                slots.append(MessageTemplates.Slot(kind: kind, storage: .text))
                continue
            }
            var low = UInt64.max
            var high = UInt64.min
            for row in range {
                let value = values[Int(rows.valueStarts[row]) + index]
                low = min(low, value)
                high = max(high, value)
            }
            let width = 64 - (high - low).leadingZeroBitCount
            if width > 1, let distinct = distinctValues(of: index, rows: range, rows.valueStarts, width: width) {
                slots.append(
                    MessageTemplates.Slot(
                        kind: kind, storage: .dictionary, base: UInt64(dictionaryValues.count),
                        dictionaryCount: UInt32(distinct.count)))
                dictionaryValues += distinct
            } else {
                slots.append(
                    MessageTemplates.Slot(kind: kind, storage: .packed, width: UInt8(width), base: low))
            }
        }
    }

    /// The distinct values of a slot where a dictionary is worth it: few values, often repeated, whose codes compress.
    private func distinctValues(
        of slot: Int, rows: Range<Int>, _ valueStarts: [UInt32], width: Int
    ) -> [UInt64]? {
        var distinct: [UInt64] = []
        for row in rows {
            let value = values[Int(valueStarts[row]) + slot]
            if !distinct.contains(value) {
                distinct.append(value)
                guard distinct.count <= MessageTemplates.dictionaryCountMax, distinct.count * 4 <= rows.count else {
                    return nil
                }
            }
        }
        return distinct
    }
}
