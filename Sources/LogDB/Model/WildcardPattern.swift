/// A pattern in which some characters stand for others: `*` for any run, `?` for one character.
public struct WildcardPattern: Sendable, Hashable {
    public enum Piece: Sendable, Hashable {
        /// These bytes, UTF-8, case-folded unless the pattern is exact.
        case literal([UInt8])
        /// Any run of characters, empty too.
        case anyRun
        /// Exactly one character (one byte, where the text is not UTF-8).
        case anyOne
    }

    public let pieces: [Piece]

    /// - Parameters:
    ///   - pieces: Adjacent literals are joined, adjacent runs made one.
    ///   - isExact: Whether literals stay as they are, for `ValueTest.exactWildcard`; else they are case-folded here.
    public init(_ pieces: [Piece], isExact: Bool = false) {
        func folded(_ bytes: [UInt8]) -> [UInt8] { isExact ? bytes : CaseFolding.fold(bytes) }
        var joined: [Piece] = []
        for piece in pieces {
            switch (joined.last, piece) {
            case (.anyRun?, .anyRun):
                continue
            case (.literal(let before)?, .literal(let bytes)):
                joined[joined.count - 1] = .literal(before + folded(bytes))
            case (_, .literal(let bytes)):
                if !bytes.isEmpty { joined.append(.literal(folded(bytes))) }
            default:
                joined.append(piece)
            }
        }
        self.pieces = joined
    }
}
