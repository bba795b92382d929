import LogDB

/// Whole values: identifiers and context attributes.
extension Planner {
    mutating func valueFilter(_ value: ValueSyntax, of field: Field) -> Filter {
        switch value {
        case .text(.quoted(let quoted, let isPrefix)):
            let bytes = Array(quoted.text.utf8)
            if isPrefix { return .value(field, .wildcard(WildcardPattern([.literal(bytes), .anyRun]))) }
            return equals(bytes, field)
        case .text(.word(let word)):
            return .value(field, test(word))
        case .set(let members):
            return .any(
                members.map { member in
                    switch member {
                    case .quoted(let quoted): equals(Array(quoted.text.utf8), field)
                    case .word(let word): .value(field, test(word))
                    }
                })
        case .compare(let comparison, let scalar):
            return compare(comparison, scalar, field)
        case .range(let lower, let upper):
            var tests: [Filter] = []
            if let scalar = lower.scalar {
                tests.append(compare(lower.isInclusive ? .greaterOrEqual : .greater, scalar, field))
            }
            if let scalar = upper.scalar {
                tests.append(compare(upper.isInclusive ? .lessOrEqual : .less, scalar, field))
            }
            return tests.isEmpty ? .value(field, .exists) : .all(tests)
        case .and, .or, .not, .exists, .regex:
            // Taken apart before.
            return .nothing
        }
    }

    private func equals(_ bytes: [UInt8], _ field: Field, caseSensitive: Bool = false) -> Filter {
        if bytes.isEmpty, field.isIdentifier { return .not(.value(field, .exists)) }
        return .value(
            field, .equals(caseSensitive ? bytes : CaseFolding.fold(bytes), caseSensitive: caseSensitive))
    }

    private func test(_ word: WordPattern) -> ValueTest {
        if let text = word.literalText { return .equals(CaseFolding.fold(Array(text.utf8)), caseSensitive: false) }
        return .wildcard(word.wildcardPattern)
    }

    private mutating func compare(_ comparison: ComparisonOperator, _ scalar: ScalarSyntax, _ field: Field) -> Filter {
        if case .word(let word) = scalar, word.literalText == nil, comparison == .equal || comparison == .notEqual {
            let matches = Filter.value(field, word.isAnything ? .exists : .exactWildcard(word.exactPattern))
            return comparison == .equal ? matches : .not(matches)
        }
        guard let text = literal(scalar) else { return .nothing }
        let exact = equals(Array(text.utf8), field, caseSensitive: true)
        var operand = text
        if case .word = scalar, let number = NumberText.plainNumber(text, for: field.name) { operand = number }
        let bytes = Array(operand.utf8)
        switch comparison {
        case .equal: return exact
        case .notEqual: return .not(exact)
        case .greater: return .value(field, .compare(.greater, bytes))
        case .greaterOrEqual: return .value(field, .compare(.greaterOrEqual, bytes))
        case .less: return .value(field, .compare(.less, bytes))
        case .lessOrEqual: return .value(field, .compare(.lessOrEqual, bytes))
        }
    }
}

extension Field {
    /// Whether an entry that has none has the empty text, so that the two are the same. Attributes may be empty and
    /// still be there.
    fileprivate var isIdentifier: Bool {
        switch self {
        case .device, .session, .module, .logger, .process, .thread: true
        case .time, .level, .message, .id, .received, .context: false
        }
    }
}
