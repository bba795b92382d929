import HTTPTypes

/// What a `Range` field asks for (RFC 9110, section 14.2).
enum ByteRange: Equatable, Sendable {
    /// Everything: there is no field, or one that says something that need not be understood.
    case whole
    /// From the first byte up to before the last.
    case part(Range<UInt64>)
    /// Nothing of it is there.
    case unsatisfiable

    /// - Parameter size: Of what is asked for, in bytes.
    init(_ field: String?, size: UInt64) {
        self = .whole
        guard let field, field.lowercased().hasPrefix("bytes=") else { return }
        // Several parts would be an answer of another type; whoever asks for them gets the whole.
        let text = field.dropFirst(6).trimmingSpaces()
        guard !text.contains(","), let dash = text.firstIndex(of: "-") else { return }
        let (before, after) = (text[..<dash], text[text.index(after: dash)...])
        if before.isEmpty {
            guard let count = ByteRange.number(after) else { return }
            self = count == 0 || size == 0 ? .unsatisfiable : .part(size - min(count, size)..<size)
            return
        }
        guard let first = ByteRange.number(before) else { return }
        var end = size
        if !after.isEmpty {
            guard let last = ByteRange.number(after), last >= first else { return }
            end = last >= size ? size : last + 1
        }
        self = first < size ? .part(first..<end) : .unsatisfiable
    }

    fileprivate static func number(_ text: Substring) -> UInt64? {
        // More digits than any size has mean more than there is.
        guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return UInt64(text) ?? .max
    }
}

/// Which part of a whole a body is: `Content-Range: bytes 0-1023/4096` (RFC 9110, section 14.4).
struct ContentRange: Equatable, Sendable {
    var first: UInt64
    var last: UInt64
    /// Of the whole, in bytes; above `last`.
    var total: UInt64

    /// Nil for what is none.
    init?(_ field: String) {
        guard field.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = field.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let dash = parts[0].firstIndex(of: "-"),
            let first = UInt64(parts[0][..<dash]), let last = UInt64(parts[0][parts[0].index(after: dash)...]),
            let total = UInt64(parts[1]), first <= last, last < total
        else { return nil }
        self.first = first
        self.last = last
        self.total = total
    }
}

extension HTTPField.Name {
    static let uploadOffset = HTTPField.Name("Upload-Offset")!
}
