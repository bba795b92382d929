/// Writes a syntax tree as text. Reading it again gives an equal tree; it need not be the text the tree came from.
enum Printer {
    static func text(_ query: QuerySyntax) -> String {
        var parts = query.timeClauses.map(clause)
        if query.filter != .everything { parts.append(filter(query.filter, .or)) }
        let head = parts.joined(separator: " ")
        return ([head] + query.pipes.map { "| " + pipe($0.kind) }).filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// How tightly the surroundings bind: what binds less is put in parentheses.
    enum Binding {
        case or, and, not
    }

    static func filter(_ syntax: FilterSyntax, _ binding: Binding) -> String {
        switch syntax {
        case .everything: return "*"
        case .and(let operands):
            let text = operands.map { filter($0, .not) }.joined(separator: " ")
            return binding == .not ? "(\(text))" : text
        case .or(let operands):
            let text = operands.map { filter($0, .and) }.joined(separator: " OR ")
            return binding == .or ? text : "(\(text))"
        case .not(let operand): return "NOT " + filter(operand, .not)
        case .field(let name, let value): return field(name) + ":" + self.value(value)
        case .missing(let name): return "missing:" + field(name)
        case .text(let text): return self.text(text)
        case .regex(let regex): return self.regex(regex)
        }
    }

    /// A whole value after `field:`.
    private static func value(_ syntax: ValueSyntax) -> String {
        switch syntax {
        case .and, .or, .not: "(\(operand(syntax, .or)))"
        default: operand(syntax, .not)
        }
    }

    private static func operand(_ syntax: ValueSyntax, _ binding: Binding) -> String {
        switch syntax {
        case .exists: return "*"
        case .and(let operands):
            let text = operands.map { operand($0, .not) }.joined(separator: " ")
            return binding == .not ? "(\(text))" : text
        case .or(let operands):
            let text = operands.map { operand($0, .and) }.joined(separator: " OR ")
            return binding == .or ? text : "(\(text))"
        case .not(let negated): return "NOT " + operand(negated, .not)
        case .compare(let comparison, let scalar): return comparison.rawValue + self.scalar(scalar)
        case .range(let lower, let upper):
            return (lower.isInclusive ? "[" : "{") + bound(lower) + " TO " + bound(upper)
                + (upper.isInclusive ? "]" : "}")
        case .set(let members): return "in(" + members.map(scalar).joined(separator: ",") + ")"
        case .regex(let regex): return self.regex(regex)
        case .text(let text): return self.text(text)
        }
    }

    private static func bound(_ bound: RangeBound) -> String { bound.scalar.map(scalar) ?? "*" }

    private static func scalar(_ scalar: ScalarSyntax) -> String {
        switch scalar {
        case .quoted(let text): quoted(text.text)
        case .word(let word): self.word(word)
        }
    }

    private static func text(_ text: TextSyntax) -> String {
        switch text {
        case .quoted(let text, let isPrefix): quoted(text.text) + (isPrefix ? "*" : "")
        case .word(let word): self.word(word)
        }
    }

    static func regex(_ regex: RegexSyntax) -> String { "/\(regex.pattern)/\(regex.ignoresCase ? "i" : "")" }

    // MARK: - Words, strings, names

    /// Every character that could mean something somewhere is escaped, and the first of a word that is an operator.
    private static func word(_ word: WordPattern) -> String {
        if let text = word.literalText, ["AND", "OR", "NOT", "TO", "IN", "in"].contains(text) { return "\\" + text }
        return word.pieces.map { piece in
            switch piece {
            case .anyRun: "*"
            case .anyOne: "?"
            case .literal(let text): escaped(text) { !isPlain($0) }
            }
        }.joined()
    }

    static func quoted(_ text: String) -> String {
        "\"" + escaped(text) { Quote($0) == .double || $0 == "\\" } + "\""
    }

    private static func escaped(_ text: String, where isSpecial: (Unicode.Scalar) -> Bool) -> String {
        var result = String.UnicodeScalarView()
        for character in text.unicodeScalars {
            if isSpecial(character) { result.append("\\") }
            result.append(character)
        }
        return String(result)
    }

    private static func isPlain(_ character: Unicode.Scalar) -> Bool {
        if character.value < 0x80 { return Lexer.isLetter(character) || Lexer.isDigit(character) }
        return Quote(character) == nil && !character.properties.isWhitespace
    }

    /// A value as it is written after a field: in quotes where it needs them.
    static func value(_ text: String) -> String {
        let isWord =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                isPlain($0) || $0 == "-" || $0 == "." || $0 == "_" || $0 == "/"
            }
        let isSafe =
            isWord && !text.hasPrefix("/") && !text.contains("..") && !["AND", "OR", "NOT", "IN"].contains(text)
        return isSafe ? text : quoted(text)
    }

    static func field(_ name: FieldName) -> String {
        if name.isAttribute { return "@" + name.name }
        var lexer = Lexer(SourceText(name.name))
        let isPath = lexer.takeIdentifierPath().map { $0.name == name.name && !$0.isAttribute } ?? false
        return isPath && !FieldName.reservedNames.contains(name.name) ? name.name : quoted(name.name)
    }

    static func fields(_ names: [FieldName]) -> String { names.map(field).joined(separator: ", ") }
}

extension QuerySyntax {
    /// The query as text that reads back as this tree.
    public var text: String { Printer.text(self) }
}
