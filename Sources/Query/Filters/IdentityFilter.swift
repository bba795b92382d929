import LogDB

/// `id:…`: the entry itself.
extension Planner {
    mutating func identityFilter(_ value: ValueSyntax, _ name: FieldName) -> Filter {
        switch value {
        case .text(.quoted(let quoted, isPrefix: false)): return identity(.quoted(quoted))
        case .text(.word(let word)): return identity(.word(word))
        case .set(let members): return .any(members.map { identity($0) })
        case .compare(.equal, let scalar): return identity(scalar)
        case .compare(.notEqual, let scalar): return .not(identity(scalar))
        case .text(.quoted(let quoted, isPrefix: true)): return refuse(quoted.span)
        case .compare(_, let scalar): return refuse(scalar.span)
        case .range(let lower, let upper): return refuse(lower.scalar?.span ?? upper.scalar?.span ?? name.span)
        case .and, .or, .not, .exists, .regex:
            // Taken apart before.
            return .nothing
        }
    }

    private mutating func refuse(_ span: SourceSpan) -> Filter {
        fail(
            "invalid_value", span, "An id is looked up whole: it has no order and no prefix.",
            expected: ["the id of an entry"])
        return .nothing
    }

    private mutating func identity(_ scalar: ScalarSyntax) -> Filter {
        guard let text = scalar.literalText else { return refuse(scalar.span) }
        guard let key = EntryKey(id: text) else {
            fail("invalid_id", scalar.span, "“\(text)” is no id of an entry.", expected: ["the id of an entry"])
            return .nothing
        }
        return .id(key)
    }
}
