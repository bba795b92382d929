import CBytes
import LogModel

/// Cuts a message into a template and the values of its slots.
///
/// A run of ASCII letters and digits that has a digit differs from message to message, and becomes a slot or a part of
/// one; what stands between is the template. Which slot it becomes depends on the run alone, so that the same kind of
/// message always gives the same template: numbers with a short unit or name keep it (`worker-3`, `500ms`), hexadecimal
/// runs are told from words by their length.
///
/// Keeps its working memory from message to message, and belongs to one thread at a time.
struct MessageParser: ~Copyable {
    /// Longer messages are kept whole: their templates would hardly be seen again.
    static let messageByteCountMax = 4_096
    static let slotCountMax = 64

    /// The last message's template.
    var template: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: templateMemory, count: templateCount) }
    /// The last message's values, one a slot. That of a text slot is its offset in the message times 2³² plus its size.
    var values: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(start: valueMemory, count: valueCount) }
    /// The words with a digit of the last message, in the order they stand, by where each begins and ends.
    var words: UnsafeBufferPointer<Range<Int32>> { UnsafeBufferPointer(start: wordMemory, count: wordCount) }

    private let templateMemory = UnsafeMutablePointer<UInt8>.allocate(capacity: messageByteCountMax)
    private var templateCount = 0
    private let valueMemory = UnsafeMutablePointer<UInt64>.allocate(capacity: slotCountMax + 2)
    private var valueCount = 0
    private let wordMemory = UnsafeMutablePointer<Range<Int32>>.allocate(capacity: messageByteCountMax)
    private var wordCount = 0
    /// Up to where the message is in the template.
    private var copied = 0

    init() {}

    deinit {
        templateMemory.deallocate()
        valueMemory.deallocate()
        wordMemory.deallocate()
    }

    /// Reads one message.
    ///
    /// - Returns: False when it has to be kept whole: it is too long, has too many slots, or holds a slot's marker.
    mutating func parse(_ message: UnsafeRawBufferPointer) -> Bool {
        templateCount = 0
        valueCount = 0
        wordCount = 0
        copied = 0
        let count = message.count
        guard count <= MessageParser.messageByteCountMax else { return false }
        guard let base = message.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return true }
        var position = 0
        var wordEnd = 0
        while true {
            let digit = cbytes_find_digit_or_low(base, count, position, SlotKind.markerMax)
            guard digit < count else { break }
            guard base[digit] >= 0x30 else { return false }
            var start = digit
            while start > position, MessageParser.isLetter(base[start - 1]) { start -= 1 }
            var end = digit + 1
            while end < count, MessageParser.isAlphanumeric(base[end]) { end += 1 }
            if MessageParser.isUUID(base, count, start, end) {
                end = start + SlotValue.uuidByteCount
                appendUUID(base, start)
            } else {
                appendRun(base, start, digit, end)
            }
            guard valueCount <= MessageParser.slotCountMax else { return false }
            if end > wordEnd {
                wordEnd = appendWords(base, count, from: max(start, wordEnd), to: end, floor: wordEnd)
            }
            position = end
        }
        copy(base, to: count)
        return true
    }

    // MARK: Slots

    /// - Parameters:
    ///   - start: Where the run of letters and digits begins.
    ///   - digit: Its first digit.
    private mutating func appendRun(_ base: UnsafePointer<UInt8>, _ start: Int, _ digit: Int, _ end: Int) {
        var digitsEnd = digit + 1
        while digitsEnd < end, MessageParser.isDigit(base[digitsEnd]) { digitsEnd += 1 }
        let count = end - start
        if digitsEnd == end {
            if digit > start, count >= 8, let isUpper = MessageParser.hexCase(base, start, end) {
                appendHex(base, start, end, isUpper: isUpper)
            } else {
                appendDigits(base, digit, end)
            }
            return
        }
        if digit == start, digitsEnd == start + 1, base[start] == 0x30, base[digitsEnd] | 0x20 == UInt8(ascii: "x"),
            end > digitsEnd + 1
        {
            if let isUpper = MessageParser.hexCase(base, digitsEnd + 1, end) {
                appendHex(base, digitsEnd + 1, end, isUpper: isUpper)
            } else {
                appendText(base, digitsEnd + 1, end)
            }
            return
        }
        if count >= 4, let isUpper = MessageParser.hexCase(base, start, end) {
            appendHex(base, start, end, isUpper: isUpper)
            return
        }
        let isSuffixed = end - digitsEnd <= 6 && (digitsEnd..<end).allSatisfy { MessageParser.isLetter(base[$0]) }
        if isSuffixed {
            appendDigits(base, digit, digitsEnd)
        } else {
            appendText(base, start, end)
        }
    }

    private mutating func appendDigits(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
        if end - start <= SlotValue.digitCountMax {
            append(.digits, SlotValue.digits(base + start, end - start), base, start, end)
        } else {
            appendText(base, start, end)
        }
    }

    /// Sixteen digits a slot, the rest in the last.
    private mutating func appendHex(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, isUpper: Bool) {
        var start = start
        while start < end, valueCount <= MessageParser.slotCountMax {
            let count = min(end - start, 16)
            if count == 16 {
                append(
                    isUpper ? .wideUpperHex : .wideHex, SlotValue.wideHex(base + start, 16), base, start, start + 16)
            } else {
                append(isUpper ? .upperHex : .hex, SlotValue.hex(base + start, count), base, start, end)
            }
            start += count
        }
    }

    private mutating func appendUUID(_ base: UnsafePointer<UInt8>, _ start: Int) {
        let text = base + start
        let head =
            SlotValue.wideHex(text, 8) << 32 | SlotValue.wideHex(text + 9, 4) << 16 | SlotValue.wideHex(text + 14, 4)
        append(.uuidHead, head, base, start, start + 19)
        let tail = SlotValue.wideHex(text + 19, 4) << 48 | SlotValue.wideHex(text + 24, 12)
        append(.uuidTail, tail, base, start + 19, start + SlotValue.uuidByteCount)
    }

    private mutating func appendText(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
        append(.text, UInt64(start) << 32 | UInt64(end - start), base, start, end)
    }

    @inline(__always)
    private mutating func append(
        _ kind: SlotKind, _ value: UInt64, _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int
    ) {
        copy(base, to: start)
        templateMemory[templateCount] = kind.rawValue
        templateCount += 1
        valueMemory[valueCount] = value
        valueCount += 1
        copied = end
    }

    @inline(__always)
    private mutating func copy(_ base: UnsafePointer<UInt8>, to end: Int) {
        let count = end - copied
        (templateMemory + templateCount).update(from: base + copied, count: count)
        templateCount += count
        copied = end
    }

    // MARK: Words

    /// Notes the words that `start..<end` is part of.
    ///
    /// - Parameter floor: Where the last word that was noted ends.
    /// - Returns: Where the last of them ends.
    private mutating func appendWords(
        _ base: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, floor: Int
    ) -> Int {
        var first = start
        while first > floor, ASCII.isTokenCharacter(base[first - 1]) { first -= 1 }
        var last = end
        while last < count, ASCII.isTokenCharacter(base[last]) { last += 1 }
        var wordStart = first
        for index in first...last where index == last || !ASCII.isTokenCharacter(base[index]) {
            if index > wordStart {
                wordMemory[wordCount] = Int32(wordStart)..<Int32(index)
                wordCount += 1
            }
            wordStart = index + 1
        }
        return last
    }

    // MARK: Bytes

    @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    @inline(__always) private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    @inline(__always) private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }

    /// Whether the run is hexadecimal digits with letters of one case only: true for upper, false for lower or none.
    private static func hexCase(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool? {
        var hasLower = false
        var hasUpper = false
        for index in start..<end {
            let byte = base[index]
            if isDigit(byte) { continue }
            if byte &- 0x61 < 6 {
                hasLower = true
            } else if byte &- 0x41 < 6 {
                hasUpper = true
            } else {
                return nil
            }
        }
        return hasLower && hasUpper ? nil : hasUpper
    }

    private static func isUUID(_ base: UnsafePointer<UInt8>, _ count: Int, _ start: Int, _ end: Int) -> Bool {
        let uuidEnd = start + SlotValue.uuidByteCount
        guard end == start + 8, uuidEnd <= count, base[end] == UInt8(ascii: "-") else { return false }
        for index in 0..<SlotValue.uuidByteCount {
            let byte = base[start + index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return false }
            } else {
                guard isDigit(byte) || byte &- 0x61 < 6 else { return false }
            }
        }
        return uuidEnd == count || !isAlphanumeric(base[uuidEnd])
    }
}
