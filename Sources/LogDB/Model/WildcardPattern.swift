/// A pattern in which some characters stand for others: `*` for any run, `?` for one character.
public struct WildcardPattern: Sendable, Hashable {
    public enum Piece: Sendable, Hashable {
        /// These bytes, UTF-8, case-folded.
        case literal([UInt8])
        /// Any run of characters, empty too.
        case anyRun
        /// Exactly one character (one byte, where the text is not UTF-8).
        case anyOne
    }

    public let pieces: [Piece]

    /// - Parameter pieces: Literals are case-folded here; adjacent ones are joined, adjacent runs made one.
    public init(_ pieces: [Piece]) {
        var joined: [Piece] = []
        for piece in pieces {
            switch (joined.last, piece) {
            case (.anyRun?, .anyRun):
                continue
            case (.literal(let before)?, .literal(let bytes)):
                joined[joined.count - 1] = .literal(before + CaseFolding.fold(bytes))
            case (_, .literal(let bytes)):
                if !bytes.isEmpty { joined.append(.literal(CaseFolding.fold(bytes))) }
            default:
                joined.append(piece)
            }
        }
        self.pieces = joined
    }
}
