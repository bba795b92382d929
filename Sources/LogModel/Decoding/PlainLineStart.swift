/// The time and the level that a line of plain text begins with, as `PlainLineDecoder` describes.
struct PlainLineStart {
    private(set) var time: Timestamp?
    private(set) var level: Level?

    init(_ line: UnsafeRawBufferPointer, zone: ((Timestamp) -> Timestamp)? = nil) {
        var rest = line[...]
        if let end = readTime(line, zone) { rest = line[end...].drop { $0 == 0x20 || $0 == 0x09 } }
        readLevel(rest)
    }

    /// Reads the time and returns where what follows it starts.
    private mutating func readTime(_ line: UnsafeRawBufferPointer, _ zone: ((Timestamp) -> Timestamp)?) -> Int? {
        let isBracketed = line.first == UInt8(ascii: "[")
        let start = isBracketed ? 1 : 0
        // Four digits and a dash, before anything slower is tried.
        guard line.count >= start + 16, line[start] &- 0x30 <= 9, line[start + 4] == UInt8(ascii: "-") else {
            return nil
        }
        let isEnd: (UInt8) -> Bool = { $0 <= 0x20 || $0 == UInt8(ascii: "]") }
        // The date's ten characters may be followed by a space before the time of day.
        let searchStart = start + 11
        let end = line[searchStart...].firstIndex(where: isEnd) ?? line.count
        guard let time = Timestamp(rfc3339: UnsafeRawBufferPointer(rebasing: line[start..<end])) else { return nil }
        if isBracketed {
            guard end < line.count, line[end] == UInt8(ascii: "]") else { return nil }
        }
        // After the date a zone is `Z`, or begins with a sign.
        let hasZone = line[searchStart..<end].contains { [0x5a, 0x7a, 0x2b, 0x2d].contains($0) }
        self.time = hasZone ? time : zone?(time) ?? time
        return isBracketed ? end + 1 : end
    }

    private mutating func readLevel(_ text: Slice<UnsafeRawBufferPointer>) {
        let closing: UInt8
        switch text.first {
        case UInt8(ascii: "["): closing = UInt8(ascii: "]")
        case UInt8(ascii: "<"): closing = UInt8(ascii: ">")
        case UInt8(ascii: "("): closing = UInt8(ascii: ")")
        default: closing = 0
        }
        let padded = text.dropFirst(closing == 0 ? 0 : 1)
        let inner = closing == 0 ? padded : padded.drop { $0 == 0x20 }
        let word = inner.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
        guard !word.isEmpty, let level = Level(name: UnsafeRawBufferPointer(rebasing: word)) else { return }
        let after = inner[word.endIndex...]
        if closing != 0 {
            guard after.drop(while: { $0 == 0x20 }).first == closing else { return }
        } else if after.first != UInt8(ascii: ":") {
            guard after.first.map({ $0 <= 0x20 }) ?? true, word.allSatisfy({ $0 & 0x20 == 0 }) else { return }
        }
        self.level = level
    }
}
