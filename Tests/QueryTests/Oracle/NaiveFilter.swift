import Foundation
import LogModel

@testable import Query

/// The meaning of filters, written a second time, on one row of values.
struct NaiveFilter {
    let table: NaiveTable
    let row: NaiveRow

    func matches(_ filter: FilterSyntax) -> Bool {
        switch filter {
        case .everything: true
        case .and(let all): !all.contains { !matches($0) }
        case .or(let any): any.contains { matches($0) }
        case .not(let filter): !matches(filter)
        case .text(let text): matches("message", .text(text))
        case .regex(let regex): matches("message", .regex(regex))
        case .missing(let name): value(name) == .missing
        case .field(let name, let value): matches(table.column(name.name, isAttribute: name.isAttribute), value)
        }
    }

    private func value(_ name: FieldName) -> NaiveValue {
        table.value(table.column(name.name, isAttribute: name.isAttribute), row)
    }

    private func matches(_ column: String, _ value: ValueSyntax) -> Bool {
        switch value {
        case .and(let all): return !all.contains { !matches(column, $0) }
        case .or(let any): return any.contains { matches(column, $0) }
        case .not(let value): return !matches(column, value)
        default: break
        }
        let found = table.value(column, row)
        if case .compare(.notEqual, let scalar) = value, !table.levels.contains(column) {
            return !matches(column, .compare(.equal, scalar))
        }
        if found == .missing, NaiveFilter.identifiers.contains(table.fields[column] ?? (table.isOpen ? column : "")) {
            // Having none is having the empty one.
            switch value {
            case .text(.quoted(let quoted, isPrefix: false)): return quoted.text.isEmpty
            case .compare(.equal, let scalar): return scalar.literalText == ""
            default: return false
            }
        }
        guard found != .missing, let text = found.text else { return false }
        if case .exists = value { return true }
        if case .regex(let regex) = value { return matches(regex, text) }
        if table.levels.contains(column) { return matchesLevel(text, value) }
        if column == "message" { return matchesMessage(text, value) }
        return matchesValue(text, value, column)
    }

    private func matches(_ regex: RegexSyntax, _ text: String) -> Bool {
        guard let expression = try? Regex(regex.pattern) else { return false }
        return text.contains(regex.ignoresCase ? expression.ignoresCase() : expression)
    }

    private static let identifiers: Set<String> = ["device", "session", "module", "logger", "process", "thread"]

    // MARK: Values

    private func literal(_ scalar: ScalarSyntax) -> String { scalar.literalText ?? "" }

    private func matchesValue(_ text: String, _ value: ValueSyntax, _ column: String) -> Bool {
        switch value {
        case .text(.quoted(let quoted, let isPrefix)):
            let (text, wanted) = (text.lowercased(), quoted.text.lowercased())
            return isPrefix ? text.hasPrefix(wanted) : text == wanted
        case .text(.word(let word)): return matches(word, text.lowercased(), folds: true)
        case .set(let members):
            return members.contains { member in
                switch member {
                case .quoted(let quoted): text.lowercased() == quoted.text.lowercased()
                case .word(let word): matches(word, text.lowercased(), folds: true)
                }
            }
        case .compare(.equal, let scalar): return equals(text, scalar)
        case .compare(.notEqual, let scalar): return !equals(text, scalar)
        case .compare(let comparison, let scalar): return compares(text, comparison, scalar, column)
        case .range(let lower, let upper):
            if let scalar = lower.scalar,
                !compares(text, lower.isInclusive ? .greaterOrEqual : .greater, scalar, column)
            {
                return false
            }
            if let scalar = upper.scalar, !compares(text, upper.isInclusive ? .lessOrEqual : .less, scalar, column) {
                return false
            }
            return true
        case .and, .or, .not, .exists, .regex: return false
        }
    }

    private func equals(_ text: String, _ scalar: ScalarSyntax) -> Bool {
        switch scalar {
        case .quoted(let quoted): Array(text.utf8) == Array(quoted.text.utf8)
        case .word(let word): matches(word, text, folds: false)
        }
    }

    private func compares(
        _ text: String, _ comparison: ComparisonOperator, _ scalar: ScalarSyntax, _ column: String
    ) -> Bool {
        var wanted = literal(scalar)
        if case .word = scalar, column == "latency_ms", wanted.hasSuffix("s"), let seconds = Double(wanted.dropLast()) {
            wanted = "\(seconds * 1_000)"
        }
        let order: Int
        if let left = NaiveValue.number(text), let right = NaiveValue.number(wanted) {
            order = left < right ? -1 : left > right ? 1 : 0
        } else {
            let (left, right) = (Array(text.utf8), Array(wanted.utf8))
            order = left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
        }
        switch comparison {
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        case .equal: return order == 0
        case .notEqual: return order != 0
        }
    }

    /// Whether the pattern covers the text.
    private func matches(_ word: WordPattern, _ text: String, folds: Bool) -> Bool {
        covers(word.pieces[...], Array(text)[...], folds)
    }

    private func covers(
        _ pieces: ArraySlice<WordPattern.Piece>, _ text: ArraySlice<Character>, _ folds: Bool
    ) -> Bool {
        guard let first = pieces.first else { return text.isEmpty }
        let rest = pieces.dropFirst()
        switch first {
        case .anyOne: return !text.isEmpty && covers(rest, text.dropFirst(), folds)
        case .anyRun: return (text.startIndex...text.endIndex).contains { covers(rest, text[$0...], folds) }
        case .literal(let literal):
            let wanted = Array(folds ? literal.lowercased() : literal)
            return text.starts(with: wanted) && covers(rest, text.dropFirst(wanted.count), folds)
        }
    }

    // MARK: Levels

    private func matchesLevel(_ text: String, _ value: ValueSyntax) -> Bool {
        func rank(_ name: String) -> Int { NaiveValue.levels.firstIndex(of: name.uppercased()) ?? -1 }
        let level = rank(text)
        switch value {
        case .text(.word(let word)): return matches(word, text.lowercased(), folds: true)
        case .text(.quoted(let quoted, _)): return level == rank(quoted.text)
        case .set(let members): return members.contains { rank(literal($0)) == level }
        case .compare(let comparison, let scalar):
            let wanted = rank(literal(scalar))
            switch comparison {
            case .less: return level < wanted
            case .lessOrEqual: return level <= wanted
            case .greater: return level > wanted
            case .greaterOrEqual: return level >= wanted
            case .equal: return level == wanted
            case .notEqual: return level != wanted
            }
        case .range(let lower, let upper):
            let low = lower.scalar.map { rank(literal($0)) - (lower.isInclusive ? 1 : 0) } ?? -1
            let high = upper.scalar.map { rank(literal($0)) + (upper.isInclusive ? 1 : 0) } ?? 5
            return low < level && level < high
        default: return false
        }
    }

    // MARK: Messages

    private func matchesMessage(_ written: String, _ value: ValueSyntax) -> Bool {
        let text = written.lowercased()
        switch value {
        case .text(.quoted(let quoted, let isPrefix)): return hasPhrase(text, quoted.text.lowercased(), isPrefix)
        case .text(.word(let word)):
            if let literal = word.literalText { return hasPhrase(text, literal.lowercased(), false) }
            // Patterns of the generator are of token characters.
            return tokens(text).contains { matches(word, $0, folds: true) }
        // Compared as it is written.
        default: return matchesValue(written, value, "message")
        }
    }

    private func isToken(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    private func tokens(_ text: String) -> [String] { text.split { !isToken($0) }.map(String.init) }

    private func hasPhrase(_ text: String, _ phrase: String, _ isPrefix: Bool) -> Bool {
        if phrase.isEmpty { return true }
        let (text, phrase) = (Array(text), Array(phrase))
        guard text.count >= phrase.count else { return false }
        return (0...(text.count - phrase.count)).contains { start in
            let end = start + phrase.count
            guard Array(text[start..<end]) == phrase else { return false }
            if isToken(phrase[0]), start > 0, isToken(text[start - 1]) { return false }
            if !isPrefix, isToken(phrase[phrase.count - 1]), end < text.count, isToken(text[end]) { return false }
            return true
        }
    }
}
