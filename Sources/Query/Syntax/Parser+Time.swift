extension Parser {
    /// Takes a time clause if one begins here. It may stand only where the whole query is meant.
    mutating func takeTimeClause(_ scope: Scope) throws(QueryErrors) -> TimeSyntax? {
        let start = lexer.index
        guard let name = lexer.takeIdentifierPath(), !name.isAttribute, FieldName.timeNames.contains(name.name),
            lexer.take(":")
        else {
            lexer.index = start
            return nil
        }
        let kind = try parseTimeValue(name.name, start)
        guard lexer.isBoundary(lexer.index) else {
            let end = lexer.index
            _ = lexer.takeWord(.clause)
            throw failure(
                "invalid_time", SourceSpan(start: end, count: lexer.index - end),
                "Something follows the time that does not belong to it.", expected: ["white space"])
        }
        guard scope == .top else {
            let place = scope == .pipe ? "in a pipe" : "inside parentheses or under a negation"
            throw failure(
                "misplaced_time_clause", lexer.span(from: start),
                "A time clause applies to the whole query and cannot stand \(place).",
                expected: ["the time clause at the top level"],
                suggestion: scope == .pipe && ["since", "until"].contains(name.name)
                    ? "time:\(name.name == "since" ? ">=" : "<")\(source.slice(lexer.span(from: start)).dropFirst(6))"
                    : nil)
        }
        return TimeSyntax(kind, span: lexer.span(from: start))
    }

    private mutating func parseTimeValue(_ name: String, _ start: Int) throws(QueryErrors) -> TimeSyntax.Kind {
        guard !lexer.isBoundary(lexer.index) else { throw missingTime(name, start) }
        switch name {
        case "since": return .since(try instant(try takeTimeText(name, stop: nil), name))
        case "until": return .until(try instant(try takeTimeText(name, stop: nil), name))
        case "between": return try parseBetween(name)
        case "around": return try parseAround(name)
        case "on":
            let text = try takeTimeText(name, stop: nil)
            do { return .on(try InstantReader.day(text.text)) } catch {
                throw invalid(error, name, text, ["a date such as 2025-01-03", "today", "yesterday"])
            }
        default:
            let text = try takeTimeText(name, stop: nil)
            do { return .zone(try InstantReader.zone(text.text)) } catch {
                throw invalid(error, name, text, ["UTC", "+03:00", "Europe/Berlin"])
            }
        }
    }

    private mutating func parseBetween(_ name: String) throws(QueryErrors) -> TimeSyntax.Kind {
        let lower = try takeTimeText(name, stop: "..")
        guard lexer.take(".."), !lexer.isBoundary(lexer.index) else {
            throw failure(
                "invalid_time", lexer.here, "between: needs two times with .. between them.", expected: [".."],
                suggestion: "\(lower.text.isEmpty ? "2h" : lower.text)..now")
        }
        let upper = try takeTimeText(name, stop: nil)
        return .between(try instant(lower, name), try instant(upper, name))
    }

    private mutating func parseAround(_ name: String) throws(QueryErrors) -> TimeSyntax.Kind {
        let start = lexer.index
        let text = try takeTimeText(name, stop: "~")
        let target: AroundSyntax
        if text.text.hasPrefix("#") {
            let id = text.text.dropFirst()
            let isID = id.utf8.allSatisfy {
                ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5f || $0 == 0x2d
            }
            guard isID, !id.isEmpty else {
                throw failure(
                    "invalid_time", lexer.span(from: start), "After around:# stands the id of an entry.",
                    expected: ["letters, digits, _ and -"])
            }
            target = .entry(String(id))
        } else {
            target = .instant(try instant(text, name))
        }
        guard lexer.take("~") else { return .around(target, within: nil) }
        let within = try takeTimeText(name, stop: nil)
        guard let duration = QueryDuration(text: within.text) else {
            throw failure(
                "invalid_duration", within.span, "After ~ stands a duration.", expected: ["a duration such as 30s"],
                suggestion: InstantReader.durationSuggestion(within.text) ?? "30s")
        }
        return .around(target, within: duration)
    }

    /// The text of a time: a string, or unquoted characters up to `stop` or the end of the word. Backslashes mean
    /// nothing here, because no time has a character to escape.
    private mutating func takeTimeText(_ name: String, stop: StaticString?) throws(QueryErrors) -> QuotedText {
        if let quoted = try lexer.takeString() { return quoted }
        let start = lexer.index
        while !lexer.isBoundary(lexer.index) {
            if let stop, lexer.looking(at: stop) { break }
            lexer.index += lexer.scalar(at: lexer.index)?.count ?? 1
        }
        let span = lexer.span(from: start)
        return QuotedText(source.slice(span), span: span)
    }

    private func instant(_ text: QuotedText, _ name: String) throws(QueryErrors) -> InstantSyntax {
        do { return try InstantReader.instant(text.text) } catch {
            throw invalid(error, name, text, InstantReader.expected)
        }
    }

    private func invalid(
        _ error: InstantReader.Failure, _ name: String, _ text: QuotedText, _ expected: [String]
    ) -> QueryErrors {
        failure("invalid_time", text.span, error.message, expected: expected, suggestion: error.suggestion)
    }

    private func missingTime(_ name: String, _ start: Int) -> QueryErrors {
        let (expected, example) =
            switch name {
            case "between": (["two times with .. between them"], "2h..30m")
            case "on": (["a date such as 2025-01-03", "today", "yesterday"], "today")
            case "around": (["a time", "# and the id of an entry"], "2025-01-03T14:00~30s")
            case "tz": (["UTC", "+03:00", "Europe/Berlin"], "UTC")
            default: (InstantReader.expected, "1h")
            }
        return failure(
            "expected_value", SourceSpan(start: start, count: name.utf8.count + 1),
            "\(name): needs its value right after the colon, without a space; to search for the text, quote it.",
            expected: expected, suggestion: "\(name):\(example)")
    }
}
