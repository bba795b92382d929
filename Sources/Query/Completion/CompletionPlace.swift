/// What stands at a place of a query's text that is being written, told from the text before it alone: it need not be
/// right, or whole.
struct CompletionPlace: Equatable {
    enum Kind: Equatable {
        /// The start of a clause. `isFirst`: nothing stands before it.
        case clause(isFirst: Bool)
        /// After `field:` and a comparison.
        case value(field: String, isAttribute: Bool)
        /// After a time name.
        case time(name: String)
        /// The name of a field alone, as after `has:` and in lists.
        case field
        case pipe
        /// An aggregate's name.
        case function
        /// After `by` of `stats`: a field or `bin(`.
        case group
        /// After a key of `sort`.
        case direction
        /// Nothing can be told.
        case nothing
    }

    var kind: Kind
    /// What is written of it so far.
    var written: String
    /// The pipes before the one that is being written, and the filter.
    var before: String

    init(_ text: String) {
        let parts = CompletionPlace.segments(text)
        before = parts.before
        let (head, word, isQuoted) = CompletionPlace.lastWord(parts.segment)
        written = word
        guard parts.hasPipe else {
            kind = CompletionPlace.clause(head, word, isQuoted: isQuoted, &written)
            return
        }
        let trimmed = parts.segment.drop { $0.isWhitespace }
        guard let nameEnd = trimmed.firstIndex(where: { $0.isWhitespace }) else {
            kind = .pipe
            return
        }
        let name = String(trimmed[..<nameEnd])
        kind = CompletionPlace.argument(of: name, String(trimmed[nameEnd...]), head, word, isQuoted: isQuoted, &written)
    }

    // MARK: Cutting

    /// The text since the last pipe, and the text before that.
    private static func segments(_ text: String) -> (before: String, segment: String, hasPipe: Bool) {
        var quote: Character?
        var isEscaped = false
        var start: String.Index?
        var index = text.startIndex
        var previous: Character = " "
        while index < text.endIndex {
            let character = text[index]
            let next = text.index(after: index)
            if isEscaped {
                isEscaped = false
            } else if character == "\\", quote != "`" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil }
            } else if "\"'`".contains(character), previous.isWhitespace || "(:,=".contains(previous) {
                quote = character
            } else if character == "|" {
                if next < text.endIndex, text[next] == "|" {
                    index = next
                } else {
                    start = index
                }
            }
            previous = character
            index = text.index(after: index)
        }
        guard let start else { return ("", text, false) }
        return (String(text[..<start]), String(text[text.index(after: start)...]), true)
    }

    /// What stands before the last word, and the word. A word in a quote that is open is the text of it.
    private static func lastWord(_ segment: String) -> (head: String, word: String, isQuoted: Bool) {
        var quoteStart: String.Index?
        var start = segment.startIndex
        var index = segment.startIndex
        while index < segment.endIndex {
            let character = segment[index]
            if let open = quoteStart {
                if character == segment[open] { quoteStart = nil }
            } else if "\"'".contains(character) {
                quoteStart = index
            } else if character.isWhitespace || "(),".contains(character) {
                start = segment.index(after: index)
            }
            index = segment.index(after: index)
        }
        return (String(segment[..<start]), String(segment[start...]), quoteStart != nil)
    }

    // MARK: Filters

    private static func clause(_ head: String, _ word: String, isQuoted: Bool, _ written: inout String) -> Kind {
        var word = word
        while let first = word.first, first == "-" || first == "!" { word.removeFirst() }
        guard let colon = word.firstIndex(of: ":") else {
            // In `field:( … )` values stand alone.
            if let open = head.lastIndex(of: "("), head[open...].allSatisfy({ $0 != ")" }),
                let field = head[..<open].split(whereSeparator: \.isWhitespace).last, field.hasSuffix(":")
            {
                written = word
                return value(String(field.dropLast()))
            }
            written = word
            if isQuoted { return .nothing }
            return .clause(isFirst: head.allSatisfy { $0.isWhitespace || $0 == "(" })
        }
        let name = String(word[..<colon]).trimmingQuotes
        written = String(word[word.index(after: colon)...]).droppingComparison
        if name == "has" || name == "missing" { return .field }
        if FieldName.timeNames.contains(name) { return .time(name: name) }
        return value(name)
    }

    private static func value(_ name: String) -> Kind {
        name.hasPrefix("@")
            ? .value(field: String(name.dropFirst()), isAttribute: true) : .value(field: name, isAttribute: false)
    }

    // MARK: Pipes

    private static func argument(
        of pipe: String, _ arguments: String, _ head: String, _ word: String, isQuoted: Bool, _ written: inout String
    ) -> Kind {
        let words = arguments.split { $0.isWhitespace || "(),".contains($0) }.map(String.init)
        let isInParentheses = arguments.count { $0 == "(" } > arguments.count { $0 == ")" }
        let headWord = head.split { $0.isWhitespace || $0 == "," }.last.map(String.init) ?? ""
        switch pipe {
        case "where":
            let clauseHead = String(head.drop { $0.isWhitespace }.dropFirst(pipe.count))
            return clause(clauseHead, word, isQuoted: isQuoted, &written)
        case "stats", "timechart":
            if isInParentheses {
                let open = arguments.lastIndex(of: "(") ?? arguments.startIndex
                let isCondition = arguments[..<open].split(whereSeparator: \.isWhitespace).last == "if"
                return isCondition ? clause("", word, isQuoted: isQuoted, &written) : .field
            }
            if words.contains("by") && !(words.last == "by" && !word.isEmpty) { return .group }
            if pipe == "timechart", words.isEmpty || (words.count == 1 && !word.isEmpty) { return .time(name: "step") }
            return .function
        case "sort":
            let isKey = headWord == pipe || head.last(where: { !$0.isWhitespace }) == ","
            return isKey ? .field : .direction
        case "fields", "drop", "uniq", "dedup", "fieldvalues", "rename": return .field
        case "top", "rare": return words.isEmpty || (words.count == 1 && !word.isEmpty) ? .nothing : .field
        case "extract", "extract_regex": return headWord == "from" ? .field : .nothing
        default: return .nothing
        }
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        trimmingPrefix { $0 == "\"" || $0 == "'" }.filter { $0 != "\"" && $0 != "'" }
    }

    /// Without a comparison before it, and without a quote that opens.
    fileprivate var droppingComparison: String {
        var rest = drop { ">=<!".contains($0) }
        if let first = rest.first, first == "\"" || first == "'" { rest = rest.dropFirst() }
        return String(rest)
    }
}
