import CBytes
import LogModel

/// Cuts messages into tokens: the maximal runs of letters (general category L), digits (N) and `_` in the case-folded
/// text. Every other character, and every byte that is not well-formed UTF-8, separates.
public enum Tokenizer {
    /// Whether the scalar, once folded, is part of a token.
    public static func isTokenCharacter(_ scalar: Unicode.Scalar) -> Bool {
        ScalarRules.isTokenCharacter(ScalarRules.fold(scalar.value))
    }

    /// The tokens of a text that is already folded, in its order.
    public static func tokens(of folded: [UInt8]) -> [[UInt8]] {
        folded.withUnsafeBytes { text in
            var tokens: [[UInt8]] = []
            var cursor = TokenCursor(text)
            while let range = cursor.next() { tokens.append(Array(text[range])) }
            return tokens
        }
    }

    /// The hash under which the index knows a token.
    @inline(__always)
    static func hash(_ token: UnsafeRawBufferPointer) -> UInt64 { ByteHash.hash(token) }

    /// Calls `body` with the hash of each token of a message, in order, repeated ones too.
    ///
    /// - Parameter scratch: Working memory; what it holds before and after means nothing.
    @inline(__always)
    static func forEachTokenHash(
        in message: UnsafeRawBufferPointer, scratch: inout [UInt8], _ body: (UInt64) -> Void
    ) {
        guard let base = message.baseAddress, message.count > 0 else { return }
        if cbytes_is_ascii(base.assumingMemoryBound(to: UInt8.self), message.count) != 0 {
            forEachTokenHash(inASCII: message, scratch: &scratch, body)
        } else {
            CaseFolding.fold(message, into: &scratch)
            scratch.withUnsafeBytes { text in
                var cursor = TokenCursor(text)
                while let range = cursor.next() { body(hash(UnsafeRawBufferPointer(rebasing: text[range]))) }
            }
        }
    }

    /// Folds 64 bytes at a time, with a bit for each byte that is part of a token; a token is then the stretch between
    /// two changes of the bits, so that the work goes by token and not by byte.
    @inline(__always)
    private static func forEachTokenHash(
        inASCII message: UnsafeRawBufferPointer, scratch: inout [UInt8], _ body: (UInt64) -> Void
    ) {
        // At least one byte more than the message, so that a separator ends the last token.
        let paddedCount = (message.count + 64) & ~63
        if scratch.count < paddedCount {
            scratch.append(contentsOf: repeatElement(0, count: paddedCount - scratch.count))
        }
        scratch.withUnsafeMutableBytes { padded in
            let base = padded.baseAddress!
            base.copyMemory(from: message.baseAddress!, byteCount: message.count)
            (base + message.count).initializeMemory(as: UInt8.self, repeating: 0, count: paddedCount - message.count)
            var tokenStart = -1
            var carry: UInt64 = 0
            var chunkStart = 0
            while chunkStart < paddedCount {
                let bits = foldChunk(base + chunkStart)
                var changes = bits ^ (bits << 1 | carry)
                carry = bits >> 63
                while changes != 0 {
                    let offset = chunkStart + changes.trailingZeroBitCount
                    changes &= changes &- 1
                    if tokenStart < 0 {
                        tokenStart = offset
                    } else {
                        body(hash(UnsafeRawBufferPointer(start: base + tokenStart, count: offset - tokenStart)))
                        tokenStart = -1
                    }
                }
                chunkStart += 64
            }
        }
    }

    /// Folds 64 ASCII bytes in place. Bit n of the result: byte n is a token character.
    ///
    /// Eight bytes are worked on as one word: none is above 0x7f, so that adding 0x80 - c sets the highest bit of just
    /// those that are c or above, and carries into no other.
    @inline(__always)
    private static func foldChunk(_ chunk: UnsafeMutableRawPointer) -> UInt64 {
        var bits: UInt64 = 0
        for part in 0..<8 {
            let bytes = UInt64(littleEndian: (chunk + part * 8).loadUnaligned(as: UInt64.self))
            let isUpper = atLeast(bytes, "A") & ~atLeast(bytes, "[") & highBits
            let folded = bytes | isUpper >> 2
            (chunk + part * 8).storeBytes(of: folded.littleEndian, as: UInt64.self)
            let isLetter = atLeast(folded, "a") & ~atLeast(folded, "{")
            let isDigit = atLeast(folded, "0") & ~atLeast(folded, ":")
            let isUnderscore = atLeast(folded, "_") & ~atLeast(folded, "`")
            let isToken = (isLetter | isDigit | isUnderscore) & highBits
            // The multiplication gathers the highest bits of the eight bytes in the highest byte.
            bits |= (((isToken >> 7) &* 0x0102_0408_1020_4080) >> 56) << UInt64(part * 8)
        }
        return bits
    }

    private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    @inline(__always)
    private static func atLeast(_ bytes: UInt64, _ bound: Unicode.Scalar) -> UInt64 {
        bytes &+ UInt64(0x80 - bound.value) &* 0x0101_0101_0101_0101
    }
}

/// Walks the tokens of a text that is already folded.
struct TokenCursor {
    private let text: UnsafeRawBufferPointer
    private var offset = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// Where the next token stands; nil after the last.
    mutating func next() -> Range<Int>? {
        while offset < text.count {
            let length = tokenCharacterLength()
            if length > 0 { break }
            offset = UTF8Scalar.characterEnd(text, at: offset)
        }
        let start = offset
        while offset < text.count {
            let length = tokenCharacterLength()
            if length == 0 { break }
            offset += length
        }
        return start < offset ? start..<offset : nil
    }

    /// The size of the token character at `offset`; 0 where there is none.
    @inline(__always)
    private func tokenCharacterLength() -> Int {
        let byte = text[offset]
        if byte < 0x80 { return ASCII.isTokenCharacter(byte) ? 1 : 0 }
        let (scalar, length) = UTF8Scalar.decode(text, at: offset)
        return length > 0 && ScalarRules.isTokenCharacter(scalar) ? length : 0
    }
}
