import LogDB

/// Text in the message: words, phrases and patterns, whatever their case.
extension Planner {
    /// `message:…`, and the same after other names of it.
    mutating func messageFilter(_ value: ValueSyntax) -> Filter {
        switch value {
        case .text(let text): return messageFilter(text)
        case .set(let members):
            return .any(
                members.map { member in
                    switch member {
                    case .quoted(let quoted): messageFilter(.quoted(quoted, isPrefix: false))
                    case .word(let word): messageFilter(.word(word))
                    }
                })
        case .compare, .range: return valueFilter(value, of: .message)
        case .and, .or, .not, .exists, .regex:
            // Taken apart before.
            return .nothing
        }
    }

    func messageFilter(_ text: TextSyntax) -> Filter {
        switch text {
        case .quoted(let quoted, let isPrefix):
            return phrase(quoted.text, openEnd: isPrefix)
        case .word(let word):
            if word.isAnything { return .everything }
            if let text = word.literalText { return phrase(text, openEnd: false) }
            let isToken = word.pieces.allSatisfy { piece in
                guard case .literal(let text) = piece else { return true }
                return Planner.isToken(text)
            }
            return .text(isToken ? .tokenWildcard(word.wildcardPattern) : .textWildcard(word.wildcardPattern))
        }
    }

    /// A text of token characters alone is the token; any other is the phrase of its text.
    private func phrase(_ text: String, openEnd: Bool) -> Filter {
        if text.isEmpty { return .everything }
        let folded = CaseFolding.fold(Array(text.utf8))
        return .text(!openEnd && Planner.isToken(text) ? .word(folded) : .phrase(folded, openEnd: openEnd))
    }

    private static func isToken(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy(Tokenizer.isTokenCharacter)
    }
}
