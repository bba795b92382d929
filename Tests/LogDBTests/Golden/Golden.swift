import Testing

/// Bytes of a format version, written down so that a person can read them: two hexadecimal digits a byte, characters of
/// text between single quotes, and on each line, after `#`, what they mean.
///
/// They say what that version wrote. A change of the code that changes them needs a new version, not new bytes.
enum Golden {
    static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in text.split(separator: "\n") {
            var rest = line[...]
            while let first = rest.first, first != "#" {
                if first == "'", let end = rest.dropFirst().firstIndex(of: "'") {
                    bytes += rest[rest.index(after: rest.startIndex)..<end].utf8
                    rest = rest[rest.index(after: end)...]
                } else if first == " " {
                    rest = rest.dropFirst()
                } else {
                    let digits = rest.prefix(2)
                    guard digits.count == 2, let byte = UInt8(digits, radix: 16) else {
                        Issue.record("'\(digits)' is no byte, in: \(line)")
                        return []
                    }
                    bytes.append(byte)
                    rest = rest.dropFirst(2)
                }
            }
        }
        return bytes
    }

    /// Compares what was written with what is to be, and shows both as hexadecimal digits.
    static func expect(
        _ found: [UInt8], _ what: String = "", is text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let expected = bytes(text)
        guard found != expected else { return }
        Issue.record(
            "\(what) wrote\n\(hex(found))\ninstead of\n\(hex(expected))", sourceLocation: sourceLocation)
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
