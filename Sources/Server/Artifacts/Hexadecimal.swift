/// Bytes written as pairs of digits.
enum Hexadecimal {
    /// Nil where it is not that many bytes, in digits of either case.
    static func bytes(_ text: some StringProtocol, count: Int) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 2 * count, text.utf8.count == 2 * count else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
