import CBytes

/// A folded literal that is looked for in texts: in raw ASCII ones, whose letters may have either case, and in folded
/// ones.
///
/// Two bytes of the literal at a fixed distance, in both cases, are compared sixteen places at a time; only where both
/// fit is the rest looked at.
struct Needle: Sendable {
    let bytes: [UInt8]
    let isASCII: Bool
    /// Where the first of the two bytes stands in the literal, and how far on the second one is.
    private let pivot: Int
    private let gap: Int
    private let first: (UInt8, UInt8)
    private let second: (UInt8, UInt8)

    /// - Parameter folded: At least one byte.
    init(_ folded: [UInt8]) {
        bytes = folded
        isASCII = folded.allSatisfy { $0 < 0x80 }
        // The rarer the two bytes, the fewer false starts.
        let byRarity = folded.indices.sorted { (Self.commonness(folded[$0]), $0) < (Self.commonness(folded[$1]), $1) }
        let one = byRarity[0]
        let two = byRarity.count > 1 ? byRarity[1] : one
        pivot = min(one, two)
        gap = max(one, two) - pivot
        first = Self.cases(folded[pivot])
        second = Self.cases(folded[pivot + gap])
    }

    /// Where the literal stands first at or after `from`, its letters in any case; -1 when it does not.
    @inline(__always)
    func find(in text: UnsafeRawBufferPointer, from: Int) -> Int {
        guard let base = text.baseAddress else { return -1 }
        let count = bytes.count
        var from = from
        while from + count <= text.count {
            let pivotAt = cbytes_find_ends(
                base.assumingMemoryBound(to: UInt8.self), text.count - (count - 1 - pivot - gap), from + pivot, gap,
                first.0, first.1, second.0, second.1)
            let start = pivotAt - pivot
            guard start + count <= text.count else { return -1 }
            if stands(in: base + start) { return start }
            from = start + 1
        }
        return -1
    }

    /// Whether the literal begins at `place`, after which at least its size can be read.
    @inline(__always)
    func stands(in place: UnsafeRawPointer) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<bytes.count
            where ASCII.fold(place.load(fromByteOffset: index, as: UInt8.self)) != bytes[index] {
                return false
            }
            return true
        }
    }

    private static func cases(_ byte: UInt8) -> (UInt8, UInt8) {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? (byte, byte & ~0x20) : (byte, byte)
    }

    /// A rank by how often the byte stands in log messages, in either case; 0 is the rarest.
    private static func commonness(_ byte: UInt8) -> Int {
        // Common bytes in ascending order of their frequency in logs of servers and phones.
        let ascending: StaticString = "zjqxkvyw9876543_=bhg2/fup1:.,m0dclinorsate "
        return ascending.withUTF8Buffer { $0.firstIndex(of: byte).map { $0 + 1 } ?? 0 }
    }
}

/// Token boundaries in a text that is folded, or ASCII.
enum TokenBoundary {
    /// Whether the character before `offset`, a character's boundary, is a token character.
    @inline(__always)
    static func tokenEnds(at offset: Int, in text: UnsafeRawBufferPointer) -> Bool {
        guard offset > 0 else { return false }
        let byte = text[offset - 1]
        if byte < 0x80 { return ASCII.isTokenCharacter(byte) }
        return isTokenCharacter(text, UTF8Scalar.characterStart(text, before: offset))
    }

    /// Whether the character at `offset`, a character's boundary, is a token character.
    @inline(__always)
    static func tokenBegins(at offset: Int, in text: UnsafeRawBufferPointer) -> Bool {
        guard offset < text.count else { return false }
        let byte = text[offset]
        if byte < 0x80 { return ASCII.isTokenCharacter(byte) }
        return isTokenCharacter(text, offset)
    }

    private static func isTokenCharacter(_ text: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
        let (scalar, length) = UTF8Scalar.decode(text, at: offset)
        return length > 0 && ScalarRules.isTokenCharacter(scalar)
    }
}
