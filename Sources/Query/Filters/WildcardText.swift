import LogDB

extension WordPattern {
    /// The pattern for the engine.
    var wildcardPattern: WildcardPattern { WildcardPattern(enginePieces) }

    /// The same, of the letters as they are written.
    var exactPattern: WildcardPattern { WildcardPattern(enginePieces, isExact: true) }

    private var enginePieces: [WildcardPattern.Piece] {
        pieces.map { piece in
            switch piece {
            case .literal(let text): .literal(Array(text.utf8))
            case .anyRun: .anyRun
            case .anyOne: .anyOne
            }
        }
    }
}

/// Matches patterns against the few short names that the query layer itself knows.
enum WildcardText {
    /// Whether the pattern matches the whole of `text`, which is ASCII and folded.
    static func matches(_ pattern: WildcardPattern, _ text: [UInt8]) -> Bool {
        // The offsets in the text up to which the pieces so far can have matched.
        var ends: Set<Int> = [0]
        for piece in pattern.pieces {
            switch piece {
            case .literal(let bytes):
                ends = Set(ends.filter { text[$0...].starts(with: bytes) }.map { $0 + bytes.count })
            case .anyOne: ends = Set(ends.filter { $0 < text.count }.map { $0 + 1 })
            case .anyRun: if let first = ends.min() { ends = Set(first...text.count) }
            }
        }
        return ends.contains(text.count)
    }
}
