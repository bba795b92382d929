import LogDB
import LogModel

extension Planner {
    /// The engine's filter for what was written. After an error, any filter: the query is refused.
    mutating func filter(_ syntax: FilterSyntax) -> Filter {
        switch syntax {
        case .everything: return .everything
        case .and(let operands): return .all(operands.map { filter($0) })
        case .or(let operands): return .any(operands.map { filter($0) })
        case .not(let operand): return .not(filter(operand))
        case .text(let text): return messageFilter(text)
        case .regex(let regex): return regexFilter(regex, of: .message)
        case .missing(let name): return .not(filter(.exists, of: name))
        case .field(let name, let value): return filter(value, of: name)
        }
    }

    private mutating func filter(_ value: ValueSyntax, of name: FieldName) -> Filter {
        switch meaning(name) {
        case .field(let field): filter(value, of: field, name)
        case .joined(let attribute): filter(value, of: .context(attribute.name), name).joined(attribute)
        }
    }

    mutating func filter(_ value: ValueSyntax, of field: Field, _ name: FieldName) -> Filter {
        switch value {
        case .and(let operands): return .all(operands.map { filter($0, of: field, name) })
        case .or(let operands): return .any(operands.map { filter($0, of: field, name) })
        case .not(let operand): return .not(filter(operand, of: field, name))
        case .exists: return existsFilter(field)
        case .regex(let regex): return regexFilter(regex, of: field)
        case .compare, .range, .set, .text: break
        }
        switch field {
        case .level: return levelFilter(value)
        case .time: return timeFilter(value, name) { .time($0) }
        case .received: return timeFilter(value, name) { .received($0) }
        case .id: return identityFilter(value, name)
        case .message: return messageFilter(value)
        case .device, .session, .module, .logger, .process, .thread, .context: return valueFilter(value, of: field)
        }
    }

    private func existsFilter(_ field: Field) -> Filter {
        switch field {
        case .level, .time, .received, .id: .everything
        case .device, .session, .module, .logger, .process, .thread, .message, .context: .value(field, .exists)
        }
    }

    /// The text to compare with, or nil, with an error, where wildcards stand in it.
    mutating func literal(_ scalar: ScalarSyntax) -> String? {
        if let text = scalar.literalText { return text }
        let text = source.slice(scalar.span)
        fail(
            "invalid_value", scalar.span,
            "A value with wildcards cannot be compared; in quotes * and ? are themselves.",
            expected: ["a value without * and ?"], suggestion: "\"\(text)\"")
        return nil
    }
}
