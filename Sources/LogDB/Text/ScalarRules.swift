/// What folding and tokenising know of each Unicode scalar: computed from the standard library's Unicode data once, and
/// kept as tables for the Basic Multilingual Plane (136 KiB).
///
/// Stored indexes hold hashes of tokens, so they depend on these rules. `version` names them; a test pins their
/// checksum, so that a standard library with newer Unicode data does not change them unseen.
enum ScalarRules {
    /// Increased whenever a scalar folds differently or becomes, or ceases to be, a token character.
    static let version: UInt8 = 1

    /// The scalar's simple case folding.
    @inline(__always)
    static func fold(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x1_0000 { return UInt32(foldings[Int(scalar)]) }
        return Unicode.Scalar(scalar).map { computeFold($0).value } ?? scalar
    }

    /// Whether the scalar, already folded, is a letter, a digit or `_`.
    @inline(__always)
    static func isTokenCharacter(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return ASCII.isTokenCharacter(UInt8(scalar)) }
        if scalar < 0x1_0000 { return tokenBits[Int(scalar >> 6)] >> UInt64(scalar & 63) & 1 != 0 }
        return Unicode.Scalar(scalar).map(computeIsTokenCharacter) ?? false
    }

    private static let foldings: [UInt16] = (0..<0x1_0000).map { (value: UInt32) in
        // The folding of every scalar of this plane lies in it.
        UInt16(Unicode.Scalar(value).map { computeFold($0).value } ?? value)
    }

    private static let tokenBits: [UInt64] = (0..<0x400).map { (word: UInt32) in
        (0..<64).reduce(into: UInt64(0)) { bits, bit in
            if let scalar = Unicode.Scalar(word << 6 | UInt32(bit)), computeIsTokenCharacter(scalar) {
                bits |= 1 << UInt64(bit)
            }
        }
    }

    private static func computeFold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        // Dotted and dotless i fold to i in Turkic languages only.
        if scalar == "\u{130}" || scalar == "\u{131}" || !scalar.properties.changesWhenCaseMapped { return scalar }
        let upper = single(scalar.properties.uppercaseMapping) ?? scalar
        return single(upper.properties.lowercaseMapping) ?? scalar
    }

    private static func single(_ mapping: String) -> Unicode.Scalar? {
        var scalars = mapping.unicodeScalars.makeIterator()
        guard let first = scalars.next(), scalars.next() == nil else { return nil }
        return first
    }

    private static func computeIsTokenCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            true
        default:
            scalar == "_"
        }
    }
}
