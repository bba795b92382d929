/// Whole lines of an input that become one batch.
struct Piece: Sendable {
    /// Lines of one piece. A power of two, as is the number of lines of each piece of a file: see `BatchChain`.
    static let lineCountMax = 65_536
    /// Bytes of one piece. A single line may have more than a server takes; reading it says so.
    static let byteCountMax = 4 << 20

    /// The lines, each with its `\n`, but the last of an input that has none.
    var bytes: [UInt8]
    /// Where each line ends in `bytes`.
    var lineEnds: [Int]
    /// Where the piece starts in the input.
    var offset: Int64
    /// The number of its first line, from 1.
    var firstLine: Int
    /// The input ended within the last line, which may have grown when it is read again.
    var isUnterminated = false

    var lineCount: Int { lineEnds.count }

    func line(_ index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : lineEnds[index - 1])..<lineEnds[index]] }

    /// The first lines of the piece alone.
    func prefix(_ count: Int) -> Piece {
        let ends = lineEnds.prefix(count)
        return Piece(
            bytes: Array(bytes[..<(ends.last ?? 0)]), lineEnds: Array(ends), offset: offset, firstLine: firstLine)
    }
}
