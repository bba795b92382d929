extension Lexer {
    /// Takes the word here. Nil where none begins.
    mutating func takeWord(_ mode: WordMode) -> WordToken? {
        let start = index
        var marks: [Int] = []
        while !isBoundary(index, mode) {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\") {
                index += 1
                index += scalar(at: index)?.count ?? 0
                continue
            }
            if byte == UInt8(ascii: "."), self.byte(at: index + 1) == UInt8(ascii: ".") {
                if mode == .value, index > start, marks.isEmpty, quote(at: index + 2) != nil { break }
                marks.append(index)
            }
            index += scalar(at: index)?.count ?? 1
        }
        guard index > start else { return nil }
        return WordToken(pattern: pattern(start..<index), span: span(from: start), rangeMarks: marks)
    }

    /// The meaning of the unquoted text in `range`.
    func pattern(_ range: Range<Int>) -> WordPattern {
        var pieces: [WordPattern.Piece] = []
        var literal = String.UnicodeScalarView()
        var position = range.lowerBound
        func flush() {
            pieces.append(.literal(String(literal)))
            literal = String.UnicodeScalarView()
        }
        while position < range.upperBound, let (character, count) = scalar(at: position) {
            position += count
            switch character {
            case "*":
                flush()
                pieces.append(.anyRun)
            case "?":
                flush()
                pieces.append(.anyOne)
            case "\\":
                guard position < range.upperBound, let (escaped, count) = scalar(at: position) else {
                    literal.append(character)
                    break
                }
                literal.append(escaped)
                position += count
            default:
                literal.append(Quote(character).map { Unicode.Scalar($0.rawValue) } ?? character)
            }
        }
        flush()
        return WordPattern(pieces, span: SourceSpan(start: range.lowerBound, count: range.count))
    }

    /// The string here, its quotes taken off. Nil where none begins.
    mutating func takeString() throws(QueryErrors) -> QuotedText? {
        guard let (opening, width) = quote(at: index) else { return nil }
        let start = index
        var text = String.UnicodeScalarView()
        var position = index + width
        while let (character, count) = scalar(at: position) {
            position += count
            if Quote(character) == opening {
                index = position
                return QuotedText(String(text), span: span(from: start))
            }
            guard character == "\\", opening != .back, let (escaped, count) = scalar(at: position) else {
                text.append(character)
                continue
            }
            position += count
            switch escaped {
            case "n": text.append("\n")
            case "r": text.append("\r")
            case "t": text.append("\t")
            default: text.append(escaped)
            }
        }
        let mark = String(UnicodeScalar(opening.rawValue))
        throw QueryErrors([
            source.diagnostic(
                "unclosed_quote", SourceSpan(start: start, count: width),
                "The quote that opens here is never closed.", expected: ["a closing \(mark)"])
        ])
    }

    /// The regular expression here. Nil where the `/` begins a word instead: the first unescaped `/` after it must be
    /// followed, with an optional `i`, by white space, `)`, `|` or the end. `//` is a word.
    mutating func takeRegex() throws(QueryErrors) -> RegexSyntax? {
        guard byte(at: index) == UInt8(ascii: "/") else { return nil }
        let start = index
        var position = index + 1
        while let byte = byte(at: position), byte != UInt8(ascii: "/") {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count, position > start + 1 else { return nil }
        let pattern = String(decoding: bytes[(start + 1)..<position], as: UTF8.self)
        position += 1
        let ignoresCase = byte(at: position) == UInt8(ascii: "i")
        if ignoresCase { position += 1 }
        guard isBoundary(position), byte(at: position) != UInt8(ascii: "(") else { return nil }
        index = position
        if pattern.utf8.count > QueryLimits.regexByteCountMax {
            throw QueryErrors([
                source.diagnostic(
                    "regex_too_long", span(from: start),
                    "A regular expression may have \(QueryLimits.regexByteCountMax) bytes; "
                        + "this one has \(pattern.utf8.count).")
            ])
        }
        return RegexSyntax(pattern, ignoresCase: ignoresCase, span: span(from: start))
    }

    /// Takes `[@]ident{.ident}`. Nil, and nothing taken, where there is none.
    mutating func takeIdentifierPath() -> FieldName? {
        let start = index
        let isAttribute = take("@")
        let nameStart = index
        guard skipIdentifier() else {
            index = start
            return nil
        }
        while byte(at: index) == UInt8(ascii: ".") {
            let dot = index
            index += 1
            guard skipIdentifier() else {
                index = dot
                break
            }
        }
        let name = String(decoding: bytes[nameStart..<index], as: UTF8.self)
        return FieldName(name, isAttribute: isAttribute, span: span(from: start))
    }

    private mutating func skipIdentifier() -> Bool {
        guard let (first, width) = scalar(at: index), Lexer.isLetter(first) else { return false }
        index += width
        while let (next, width) = scalar(at: index), Lexer.isLetter(next) || Lexer.isDigit(next) || next == "-" {
            index += width
        }
        return true
    }

    /// A letter or `_`, as identifiers begin.
    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80
            ? scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            : scalar.properties.isAlphabetic
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80 ? ("0"..."9").contains(scalar) : scalar.properties.generalCategory == .decimalNumber
    }
}
