import LogDB

/// `extract` and `extract_regex`: both become an expression whose groups are columns.
extension Planner {
    mutating func planExtract(
        _ template: QuotedText, from source: FieldName?, _ span: SourceSpan, _ pipeline: inout Pipeline
    ) {
        guard let source = extractionSource(source, span, &pipeline) else { return }
        let parts: ExtractTemplate
        do throws(ExtractTemplate.Fault) {
            parts = try ExtractTemplate(template.text)
        } catch {
            fail(
                "invalid_template", template.span, error.message,
                expected: ["a template in quotes such as \"retry <n> of <max>\""])
            return
        }
        let expression = RegexSyntax(parts.expression, span: template.span)
        guard let pattern = pattern(expression) else { return }
        add(
            Extraction(source: source, pattern: pattern, groups: Array(1..<(parts.names.count + 1)), pipe: "extract"),
            parts.names, &pipeline)
    }

    mutating func planExtractRegex(
        _ syntax: PatternSyntax, from source: FieldName?, _ span: SourceSpan, _ pipeline: inout Pipeline
    ) {
        guard let source = extractionSource(source, span, &pipeline) else { return }
        let written: RegexSyntax
        switch syntax {
        case .regex(let regex): written = regex
        case .quoted(let quoted): written = RegexSyntax(quoted.text, span: quoted.span)
        }
        var regex = written
        regex.pattern = NamedGroups.respelled(written.pattern)
        guard let pattern = pattern(regex) else { return }
        let named = pattern.namedGroups
        guard !named.isEmpty else {
            fail(
                "invalid_template", written.span, "The expression names no group, so nothing would be extracted.",
                expected: ["a named group such as (?<code>[0-9]+)"])
            return
        }
        add(
            Extraction(source: source, pattern: pattern, groups: named.map(\.number), pipe: "extract_regex"),
            named.map(\.name), &pipeline)
    }

    private mutating func extractionSource(
        _ name: FieldName?, _ span: SourceSpan, _ pipeline: inout Pipeline
    ) -> Column? {
        column(name ?? FieldName("message", span: span), &pipeline)
    }

    private func add(_ extraction: Extraction, _ names: [String], _ pipeline: inout Pipeline) {
        pipeline.stages.append(.extract(extraction))
        for name in names { pipeline.schema.add(name) }
    }
}

/// Groups are named `(?<name>…)` elsewhere and `(?P<name>…)` in RE2 of some years ago; the latter all versions read.
enum NamedGroups {
    static func respelled(_ pattern: String) -> String {
        var output = String.UnicodeScalarView()
        var rest = Array(pattern.unicodeScalars)[...]
        var isInClass = false
        while let scalar = rest.popFirst() {
            output.append(scalar)
            switch scalar {
            case "\\": if let escaped = rest.popFirst() { output.append(escaped) }
            case "[": isInClass = true
            case "]": isInClass = false
            case "(" where !isInClass && rest.starts(with: "?<".unicodeScalars):
                // Not what looks behind, which RE2 refuses with a message of its own.
                guard let next = rest.dropFirst(2).first, next != "=", next != "!" else { continue }
                output.append(contentsOf: "?P<".unicodeScalars)
                rest = rest.dropFirst(2)
            default: break
            }
        }
        return String(output)
    }
}
