import LogDB
import LogModel

/// `level:…`. Levels are ordered, and their names know no case.
extension Planner {
    mutating func levelFilter(_ value: ValueSyntax) -> Filter {
        .level(levels(value) ?? .all)
    }

    private mutating func levels(_ value: ValueSyntax) -> LevelSet? {
        switch value {
        case .text(.quoted(let quoted, let isPrefix)):
            if isPrefix {
                return levels(matching: WildcardPattern([.literal(Array(quoted.text.utf8)), .anyRun]), quoted.span)
            }
            return level(quoted.text, quoted.span).map { LevelSet($0) }
        case .text(.word(let word)):
            guard let text = word.literalText else { return levels(matching: word.wildcardPattern, word.span) }
            return level(text, word.span).map { LevelSet($0) }
        case .set(let members):
            return members.reduce(into: LevelSet()) { set, member in
                if let level = level(member) { set.insert(LevelSet(level)) }
            }
        case .compare(let comparison, let scalar):
            guard let level = level(scalar) else { return nil }
            let atLeast = LevelSet.atLeast(level)
            switch comparison {
            case .greaterOrEqual: return atLeast
            case .greater: return atLeast.subtracting(LevelSet(level))
            case .less: return LevelSet.all.subtracting(atLeast)
            case .lessOrEqual: return LevelSet.all.subtracting(atLeast).union(LevelSet(level))
            case .equal: return LevelSet(level)
            case .notEqual: return LevelSet.all.subtracting(LevelSet(level))
            }
        case .range(let lower, let upper):
            return levels(bound: lower, isLower: true).intersection(levels(bound: upper, isLower: false))
        case .and, .or, .not, .exists, .regex:
            // Taken apart before.
            return nil
        }
    }

    private mutating func levels(bound: RangeBound, isLower: Bool) -> LevelSet {
        guard let scalar = bound.scalar, let level = level(scalar) else { return .all }
        let side = isLower ? LevelSet.atLeast(level) : LevelSet.all.subtracting(LevelSet.atLeast(level))
        return bound.isInclusive ? side.union(LevelSet(level)) : side.subtracting(LevelSet(level))
    }

    private mutating func level(_ scalar: ScalarSyntax) -> Level? {
        literal(scalar).flatMap { level($0, scalar.span) }
    }

    private mutating func level(_ text: String, _ span: SourceSpan) -> Level? {
        if let level = Level(name: text) { return level }
        unknownLevel(text, span)
        return nil
    }

    private mutating func unknownLevel(_ text: String, _ span: SourceSpan) {
        let operators = ["AND", "OR", "NOT"]
        let names = Level.allCases.map(\.name)
        let near =
            operators.contains(text.uppercased())
            ? text.uppercased()
            : EditDistance.nearest(to: text, among: names)
                ?? EditDistance.nearest(to: text, among: Level.aliases.map(\.name))
                .flatMap { Level(name: $0)?.name }
        fail(
            "unknown_level", span, "There is no level “\(text)”.", expected: names,
            suggestion: near ?? Level.error.name)
    }

    /// The levels whose own names match; at least one must.
    private mutating func levels(matching pattern: WildcardPattern, _ span: SourceSpan) -> LevelSet? {
        let found = Level.allCases.filter { WildcardText.matches(pattern, Array($0.name.lowercased().utf8)) }
        if found.isEmpty {
            unknownLevel(source.slice(span), span)
            return nil
        }
        return found.reduce(into: LevelSet()) { $0.insert(LevelSet($1)) }
    }
}
