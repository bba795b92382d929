/// What a filter requires of the terms of a block, words and values: a block that lacks them has no row that passes.
indirect enum WordIndexQuery: Sendable, Equatable {
    /// Any block may hold a row.
    case unconstrained
    /// No block holds a row.
    case none
    /// A message of the block has the word, or an entry of it the value, with this hash.
    case word(UInt64)
    /// Two or more, none of them `unconstrained` or `none`.
    case all([WordIndexQuery])
    case any([WordIndexQuery])

    init(_ filter: Filter) {
        switch filter {
        case .everything, .not, .level, .time, .received, .id, .joined, .stream, .committed: self = .unconstrained
        case .nothing: self = .none
        case .all(let filters): self = .allOf(filters.map(WordIndexQuery.init))
        case .any(let filters): self = .anyOf(filters.map(WordIndexQuery.init))
        case .value(.message, let test): self = Self.required(by: test)
        case .value(.logger, .equals(let value, _)):
            self = Self.value(value, IndexTerm.fieldHash(IdentifierColumn.logger))
        case .value(.process, .equals(let value, _)):
            self = Self.value(value, IndexTerm.fieldHash(IdentifierColumn.process))
        case .value(.thread, .equals(let value, _)):
            self = Self.value(value, IndexTerm.fieldHash(IdentifierColumn.thread))
        case .value(.context(let key), .equals(let value, _)):
            self = Self.value(value, Array(key.utf8).withUnsafeBytes { IndexTerm.fieldHash(context: $0) })
        case .value: self = .unconstrained
        case .text(let test): self = Self.required(by: test)
        }
    }

    /// The blocks that may hold a row; all of them when the filter says nothing of words.
    ///
    /// - Throws: What the look-up throws.
    func blocks(in index: some WordLookup) throws(LogError) -> Bitmap {
        switch self {
        case .unconstrained:
            return Bitmap(count: index.blockCount, all: true)
        case .none:
            return Bitmap(count: index.blockCount)
        case .word(let hash):
            var blocks = Bitmap(count: index.blockCount)
            for block in try index.blocks(mayContain: hash) { blocks.set(block) }
            return blocks
        case .all(let queries):
            var blocks = Bitmap(count: index.blockCount, all: true)
            for query in queries {
                blocks.formIntersection(try query.blocks(in: index))
                if blocks.isNone { break }
            }
            return blocks
        case .any(let queries):
            var blocks = Bitmap(count: index.blockCount)
            for query in queries {
                blocks.formUnion(try query.blocks(in: index))
                if blocks.isAll { break }
            }
            return blocks
        }
    }

    private static func value(_ value: [UInt8], _ fieldHash: UInt64) -> WordIndexQuery {
        .word(CaseFolding.fold(value).withUnsafeBytes { IndexTerm.hash($0, ofFieldWith: fieldHash) })
    }

    private static func allOf(_ queries: [WordIndexQuery]) -> WordIndexQuery {
        if queries.contains(.none) { return .none }
        let constraints = queries.flatMap { query -> [WordIndexQuery] in
            switch query {
            case .unconstrained: []
            case .all(let inner): inner
            default: [query]
            }
        }
        return constraints.isEmpty ? .unconstrained : constraints.count == 1 ? constraints[0] : .all(constraints)
    }

    private static func anyOf(_ queries: [WordIndexQuery]) -> WordIndexQuery {
        if queries.contains(.unconstrained) { return .unconstrained }
        let choices = queries.flatMap { query -> [WordIndexQuery] in
            switch query {
            case .none: []
            case .any(let inner): inner
            default: [query]
            }
        }
        return choices.isEmpty ? .none : choices.count == 1 ? choices[0] : .any(choices)
    }

    private static func required(by test: TextTest) -> WordIndexQuery {
        switch test {
        case .word(let word):
            let word = CaseFolding.fold(word)
            return Tokenizer.tokens(of: word) == [word] ? required(in: word) : .none
        case .phrase(let phrase, let openEnd):
            return required(in: CaseFolding.fold(phrase), openEnd: openEnd)
        case .textWildcard(let pattern):
            return required(by: pattern)
        case .tokenWildcard(let pattern):
            return required(by: pattern)
        case .regex(let pattern):
            return required(by: pattern.requiredText)
        }
    }

    private static func required(by test: ValueTest) -> WordIndexQuery {
        switch test {
        case .equals(let bytes, _): required(in: CaseFolding.fold(bytes))
        case .wildcard(let pattern): required(by: pattern)
        // The index knows folded words.
        case .exactWildcard(let pattern): required(by: WildcardPattern(pattern.pieces))
        case .regex(let pattern): required(by: pattern.requiredText)
        case .exists, .compare: .unconstrained
        }
    }

    /// The literals' tokens. One that touches a wildcard may be part of a longer token.
    private static func required(by pattern: WildcardPattern) -> WordIndexQuery {
        var queries: [WordIndexQuery] = []
        for (index, piece) in pattern.pieces.enumerated() {
            guard case .literal(let bytes) = piece else { continue }
            queries.append(
                required(in: bytes, openStart: index > 0, openEnd: index < pattern.pieces.count - 1))
        }
        return allOf(queries)
    }

    private static func required(by text: RequiredText) -> WordIndexQuery {
        switch text {
        case .unknown: .unconstrained
        case .literal(let literal):
            required(in: literal.bytes, openStart: literal.startsOpen, openEnd: literal.endsOpen)
        case .all(let parts): allOf(parts.map { required(by: $0) })
        case .any(let choices): anyOf(choices.map { required(by: $0) })
        }
    }

    /// The tokens of a folded text, without the one at a start or an end that may go on outside it.
    private static func required(
        in folded: [UInt8], openStart: Bool = false, openEnd: Bool = false
    ) -> WordIndexQuery {
        folded.withUnsafeBytes { text in
            var queries: [WordIndexQuery] = []
            var cursor = TokenCursor(text)
            while let range = cursor.next() {
                if openStart && range.lowerBound == 0 || openEnd && range.upperBound == text.count { continue }
                let query = WordIndexQuery.word(Tokenizer.hash(UnsafeRawBufferPointer(rebasing: text[range])))
                if !queries.contains(query) { queries.append(query) }
            }
            return allOf(queries)
        }
    }
}
