import LogModel

/// Takes the messages of a new segment, block after block, and encodes them once all have been seen: only then is it
/// known which templates there are and what their slots hold.
///
/// Messages come as text, which is cut into templates and values, or as columns of other segments, whose values are
/// taken as they are: a merge neither writes messages out nor parses them.
///
/// Memory: 4 bytes a row, 8 a value, and the bytes of the values that are text.
struct MessageCollector: ~Copyable {
    /// The templates of a segment that has more, or longer ones, are those that came first; other messages are kept
    /// whole. It bounds memory when messages have nothing in common.
    static let templateCountMax = 32_768
    static let templateByteCountMax = 4 << 20

    private var parser = MessageParser()
    private var table = TemplateTable()
    private var slotWords = SlotWords()
    /// For each segment that columns came from, its templates' numbers here.
    private var translations: [UInt64: TemplateTranslation] = [:]

    private var rowTemplates = GrowingBuffer<UInt32>()
    private var values = GrowingBuffer<UInt64>()
    private var valueTexts = GrowingStrings()
    /// Where each block's rows and values end.
    private var blockEnds: [(rows: Int, values: Int)] = []

    private var foldScratch = [UInt8](repeating: 0, count: MessageParser.messageByteCountMax)
    private var tokenScratch: [UInt8] = []

    init() {}

    var blockCount: Int { blockEnds.count }

    private var block: UInt32 { UInt32(truncatingIfNeeded: blockEnds.count) }

    /// Ends the block that the messages so far belong to.
    mutating func endBlock() { blockEnds.append((rowTemplates.count, values.count)) }

    // MARK: Text

    /// Takes some of `messages`, and adds their words to `words`.
    ///
    /// - Parameter levels: Each message's, from the first of `range`.
    /// - Returns: The bytes of the messages.
    mutating func add(
        _ messages: BytesView, _ range: Range<Int>, levels: UnsafePointer<UInt8>, words: inout WordSet
    ) -> Int {
        var byteCount = 0
        for index in range {
            let message = messages[index]
            byteCount += message.count
            add(message, level: levels[index - range.lowerBound], &words)
        }
        return byteCount
    }

    private mutating func add(_ message: UnsafeRawBufferPointer, level: UInt8, _ words: inout WordSet) {
        guard parser.parse(message), let number = table.number(parser.template) else {
            return addWhole(message, level: level, &words)
        }
        let facts = table.facts[Int(number)]
        if facts.isASCII {
            insertWords(of: message, number, facts, &words)
        } else {
            words.insertWords(of: message, scratch: &tokenScratch)
        }
        let start = values.count
        values.append(copying: parser.values)
        if facts.textCount > 0 { takeTexts(facts, message, from: start) }
        add(number, level: level, valueStart: start)
    }

    private mutating func addWhole(_ message: UnsafeRawBufferPointer, level: UInt8, _ words: inout WordSet) {
        words.insertWords(of: message, scratch: &tokenScratch)
        let start = values.count
        values.append(UInt64(valueTexts.count))
        valueTexts.append(message)
        add(table.numberOfWhole(), level: level, valueStart: start)
    }

    @inline(__always)
    private mutating func add(_ template: UInt32, level: UInt8, valueStart: Int) {
        rowTemplates.append(template)
        table.count(Int(template), level: level, values: values.view.baseAddress! + valueStart)
    }

    /// Replaces the places of text values in the message by the numbers of the strings.
    private mutating func takeTexts(
        _ facts: TemplateTable.Facts, _ message: UnsafeRawBufferPointer, from start: Int
    ) {
        for slot in 0..<Int(facts.slotCount) where table.slotKinds[Int(facts.slotStart) + slot] == .text {
            let offset = Int(values[start + slot] >> 32)
            let count = Int(values[start + slot] & 0xffff_ffff)
            values[start + slot] = UInt64(valueTexts.count)
            valueTexts.append(UnsafeRawBufferPointer(rebasing: message[offset..<(offset + count)]))
        }
    }

    private mutating func insertWords(
        of message: UnsafeRawBufferPointer, _ template: UInt32, _ facts: TemplateTable.Facts, _ words: inout WordSet
    ) {
        insertStaticWords(template, facts, &words)
        foldScratch.withUnsafeMutableBytes { scratch in
            for word in parser.words {
                let range = Int(word.lowerBound)..<Int(word.upperBound)
                ASCII.fold(UnsafeRawBufferPointer(rebasing: message[range]), to: scratch.baseAddress!)
                words.insert(Tokenizer.hash(UnsafeRawBufferPointer(rebasing: scratch[..<range.count])))
            }
        }
    }

    @inline(__always)
    private mutating func insertStaticWords(
        _ template: UInt32, _ facts: TemplateTable.Facts, _ words: inout WordSet
    ) {
        guard table.isNew(Int(template), in: block) else { return }
        for index in Int(facts.wordStart)..<Int(facts.wordEnd) { words.insert(table.staticWords[index]) }
    }

    // MARK: Stored columns

    /// Takes some of the messages of a block of another segment, and adds their words to `words`.
    ///
    /// - Parameter levels: Each message's, from the first of `range`.
    /// - Returns: The bytes of the messages.
    mutating func add(
        _ column: MessageColumn, _ range: Range<Int>, levels: UnsafePointer<UInt8>, words: inout WordSet
    ) throws(LogError) -> Int {
        let translation = translation(of: column.templates)
        return try column.withValues { (stored) throws(LogError) in
            var byteCount = 0
            for row in range {
                let level = levels[row - range.lowerBound]
                let code = stored.template(of: row)
                var number = translation.numbers.elements[code]
                if number == TemplateTranslation.unset { number = translate(code, translation) }
                guard number != TemplateTranslation.none else {
                    byteCount += try column.withMessage(row) { message in
                        addWhole(message, level: level, &words)
                        return message.count
                    }
                    continue
                }
                let start = values.count
                try stored.append(row, to: &values, &valueTexts)
                let facts = table.facts[Int(number)]
                byteCount += Int(facts.literalByteCount) + valueByteCount(facts, from: start)
                if facts.isASCII, !facts.isWhole {
                    insertStaticWords(number, facts, &words)
                    slotWords.insert(
                        facts, of: table, values: values.view.baseAddress! + start, texts: valueTexts.view,
                        into: &words)
                } else {
                    try column.withMessage(row) { words.insertWords(of: $0, scratch: &tokenScratch) }
                }
                add(number, level: level, valueStart: start)
            }
            return byteCount
        }
    }

    private mutating func translation(of templates: MessageTemplates) -> TemplateTranslation {
        if let known = translations[templates.segment], known.templates === templates { return known }
        let new = TemplateTranslation(templates)
        translations[templates.segment] = new
        return new
    }

    private mutating func translate(_ code: Int, _ translation: TemplateTranslation) -> UInt32 {
        let text = translation.templates.markedText(code)
        let isWhole = text.count == 1 && text[0] == SlotKind.text.rawValue
        let number =
            isWhole ? table.numberOfWhole() : text.withUnsafeBytes { table.number($0) } ?? TemplateTranslation.none
        translation.numbers.elements[code] = number
        return number
    }

    private func valueByteCount(_ facts: TemplateTable.Facts, from start: Int) -> Int {
        var byteCount = 0
        for slot in 0..<Int(facts.slotCount) {
            let kind = table.slotKinds[Int(facts.slotStart) + slot]
            let value = values[start + slot]
            byteCount += kind == .text ? valueTexts.view[Int(value)].count : SlotValue.byteCount(value, kind)
        }
        return byteCount
    }

    // MARK: Encoding

    /// The templates of all messages, and the message column of each block. Nothing stays in the collector.
    ///
    /// - Parameter emit: Called with each block's column, in order.
    mutating func finish(
        segment: UInt64, level: Int, emit: (Int, [UInt8]) throws(LogError) -> Void
    ) throws(LogError) -> MessageTemplates {
        let order = (0..<UInt32(table.count)).sorted {
            (table.facts[Int($0)].rowCount, $1) > (table.facts[Int($1)].rowCount, $0)
        }
        let numbers = ColumnBuffer<UInt32>(count: table.count)
        for (number, template) in order.enumerated() { numbers.elements[Int(template)] = UInt32(number) }
        let templates = makeTemplates(segment: segment, order: order)
        var writer = MessageColumnWriter(templates: templates, level: level)
        var rowStart = 0
        var valueStart = 0
        for (block, end) in blockEnds.enumerated() {
            let codes = ColumnBuffer<UInt32>(count: end.rows - rowStart)
            for row in rowStart..<end.rows {
                codes.elements[row - rowStart] = numbers.elements[Int(rowTemplates[row])]
            }
            let blockValues = UnsafeBufferPointer(rebasing: values.view[valueStart..<end.values])
            try emit(block, writer.encode(codes.view, values: blockValues, texts: valueTexts.view))
            rowStart = end.rows
            valueStart = end.values
        }
        return templates
    }

    private func makeTemplates(segment: UInt64, order: [UInt32]) -> MessageTemplates {
        let rows = TemplateRows(rowTemplates.view, table)
        var texts = ByteColumn()
        var levelCounts: [UInt32] = []
        var slots: [MessageTemplates.Slot] = []
        var dictionaryValues: [UInt64] = []
        for template in order.map(Int.init) {
            table.texts.withBytes(template) { texts.append($0) }
            let levelStart = template * MessageTemplates.levelCount
            levelCounts += table.levelCounts.view[levelStart..<(levelStart + MessageTemplates.levelCount)]
            let facts = table.facts[template]
            for slot in 0..<Int(facts.slotCount) {
                let kind = table.slotKinds[Int(facts.slotStart) + slot]
                let range = table.ranges[Int(facts.slotStart) + slot]
                let width = kind == .text ? 0 : 64 - (range.high - range.low).leadingZeroBitCount
                if kind == .text {
                    slots.append(.init(kind: kind, storage: .text))
                } else if width > 1, let distinct = rows.distinctValues(of: slot, template, values.view) {
                    slots.append(
                        .init(
                            kind: kind, storage: .dictionary, base: UInt64(dictionaryValues.count),
                            dictionaryCount: UInt32(distinct.count)))
                    dictionaryValues += distinct
                } else {
                    slots.append(.init(kind: kind, storage: .packed, width: UInt8(width), base: range.low))
                }
            }
        }
        return MessageTemplates(
            segment: segment, texts: texts, levelCounts: levelCounts, slots: slots, dictionaryValues: dictionaryValues)
    }
}

/// The numbers that a segment's templates have in a new one, found when they are first met.
private final class TemplateTranslation {
    let templates: MessageTemplates
    let numbers: ColumnBuffer<UInt32>

    static let unset = UInt32.max
    /// There was no room for it: its messages are kept whole.
    static let none = UInt32.max - 1

    init(_ templates: MessageTemplates) {
        self.templates = templates
        numbers = ColumnBuffer(count: templates.count)
        numbers.elements.update(repeating: TemplateTranslation.unset)
    }
}

/// Where the values of each template's rows are.
private struct TemplateRows {
    private var starts: [Int]
    private var valueStarts: [UInt32]

    init(_ rowTemplates: UnsafeBufferPointer<UInt32>, _ table: borrowing TemplateTable) {
        var starts = [Int](repeating: 0, count: table.count + 1)
        for template in 0..<table.count {
            starts[template + 1] = starts[template] + Int(table.facts[template].rowCount)
        }
        var cursors = starts
        var valueStart: UInt32 = 0
        valueStarts = [UInt32](unsafeUninitializedCapacity: rowTemplates.count) { buffer, count in
            for template in rowTemplates {
                buffer[cursors[Int(template)]] = valueStart
                cursors[Int(template)] += 1
                valueStart += UInt32(table.facts[Int(template)].slotCount)
            }
            count = rowTemplates.count
        }
        self.starts = starts
    }

    /// The distinct values of a slot where a dictionary is worth it: few values, often repeated, whose codes compress.
    func distinctValues(of slot: Int, _ template: Int, _ values: UnsafeBufferPointer<UInt64>) -> [UInt64]? {
        let rows = valueStarts[starts[template]..<starts[template + 1]]
        var distinct = FewValues(countMax: min(MessageTemplates.dictionaryCountMax, rows.count / 4))
        for valueStart in rows where !distinct.insert(values[Int(valueStart) + slot]) { return nil }
        return distinct.values
    }
}

/// A small set that keeps the order in which its members came.
private struct FewValues {
    private(set) var values: [UInt64] = []
    private let countMax: Int
    /// Open-addressed by a hash of the value: its place in `values` plus one, or 0 where free.
    private var slots: InlineArray<256, UInt8> = .init(repeating: 0)

    /// - Parameter countMax: At most 127.
    init(countMax: Int) { self.countMax = countMax }

    /// False when there is no room for another value.
    @inline(__always)
    mutating func insert(_ value: UInt64) -> Bool {
        var slot = Int(truncatingIfNeeded: (value &* 0x9e37_79b9_7f4a_7c15) >> 56)
        while slots[slot] != 0 {
            if values[Int(slots[slot]) - 1] == value { return true }
            slot = (slot + 1) & 255
        }
        guard values.count < countMax else { return false }
        values.append(value)
        slots[slot] = UInt8(values.count)
        return true
    }
}
