/// An unquoted word: text in which `*` stands for any run of characters and `?` for one.
public struct WordPattern: Hashable, Sendable {
    public enum Piece: Hashable, Sendable {
        /// These characters, escapes resolved.
        case literal(String)
        case anyRun
        case anyOne
    }

    public let pieces: [Piece]
    public var span: SourceSpan

    /// - Parameter pieces: Adjacent literals are joined, adjacent runs made one, empty literals left out.
    public init(_ pieces: [Piece], span: SourceSpan = .none) {
        var joined: [Piece] = []
        for piece in pieces {
            switch (joined.last, piece) {
            case (.anyRun?, .anyRun): continue
            case (_, .literal("")): continue
            case (.literal(let before)?, .literal(let text)): joined[joined.count - 1] = .literal(before + text)
            default: joined.append(piece)
            }
        }
        self.pieces = joined
        self.span = span
    }

    /// The word's text when nothing in it stands for something else.
    public var literalText: String? {
        if pieces.isEmpty { return "" }
        guard pieces.count == 1, case .literal(let text) = pieces[0] else { return nil }
        return text
    }

    /// Whether the word is `*` alone.
    public var isAnything: Bool { pieces == [.anyRun] }
}
