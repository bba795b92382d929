import LogModel

@testable import LogDB

/// The meaning of filters, written a second time, row by row and value by value.
final class NaiveFilter {
    private var folded: [String: [NaiveText.Character]] = [:]

    func matches(_ filter: Filter, _ row: StoredRow) -> Bool {
        switch filter {
        case .everything: true
        case .nothing: false
        case .all(let filters): !filters.contains { !matches($0, row) }
        case .any(let filters): filters.contains { matches($0, row) }
        case .not(let filter): !matches(filter, row)
        case .level(let levels): Level.allCases.contains { levels.contains($0) && $0 == row.entry.level }
        case .time(let range): range.since <= row.entry.time && row.entry.time < range.until
        case .received(let range):
            range.since.microseconds <= row.received && row.received < range.until.microseconds
        case .id(let key): row.key == key
        case .value(let field, let test): value(field, row).map { matches(test, $0) } ?? false
        case .text(let test): matches(test, row.entry.message)
        // Of the tables: their tests have records of their own.
        case .joined: false
        case .stream(let device, let session): row.key.device == device && row.key.session == session
        case .committed(let sequence): row.key.sequence <= sequence
        }
    }

    private func value(_ field: Field, _ row: StoredRow) -> String? {
        let entry = row.entry
        func identifier(_ text: String) -> String? { text.isEmpty ? nil : text }
        switch field {
        case .device: return identifier(entry.device)
        case .session: return identifier(entry.session)
        case .module: return identifier(entry.module)
        case .logger: return identifier(entry.logger)
        case .process: return identifier(entry.process)
        case .thread: return identifier(entry.thread)
        case .message: return entry.message
        case .context(let key): return entry.context.first { $0.key == key }?.value
        case .time, .level, .id, .received: return "there"
        }
    }

    private func matches(_ test: ValueTest, _ value: String) -> Bool {
        switch test {
        case .exists: return true
        case .equals(let bytes, caseSensitive: true): return Array(value.utf8) == bytes
        case .equals(let bytes, caseSensitive: false): return fold(value) == NaiveText.fold(bytes)
        case .wildcard(let pattern): return matchesWhole(elements(pattern)[...], fold(value)[...])
        case .exactWildcard(let pattern):
            return matchesWhole(elements(pattern)[...], NaiveText.characters(Array(value.utf8))[...])
        case .regex(let pattern): return pattern.occurs(in: value)
        case .compare(let comparison, let bytes):
            let operand = String(decoding: bytes, as: UTF8.self)
            let order: Int
            if let left = number(value), let right = number(operand) {
                order = left < right ? -1 : left > right ? 1 : 0
            } else {
                let left = Array(value.utf8)
                order = left == bytes ? 0 : left.lexicographicallyPrecedes(bytes) ? -1 : 1
            }
            switch comparison {
            case .less: return order < 0
            case .lessOrEqual: return order <= 0
            case .greater: return order > 0
            case .greaterOrEqual: return order >= 0
            }
        }
    }

    /// The numbers of these tests are small enough for a `Double` to hold exactly.
    private func number(_ text: String) -> Double? {
        guard !text.isEmpty, text.allSatisfy({ "0123456789+-.eE".contains($0) }), text.contains(where: \.isNumber)
        else {
            return nil
        }
        return Double(text)
    }

    private func matches(_ test: TextTest, _ message: String) -> Bool {
        let text = fold(message)
        switch test {
        case .word(let word):
            return text.split { !$0.isToken }.contains { Array($0) == NaiveText.fold(word) }
        case .phrase(let phrase, let openEnd):
            let phrase = NaiveText.fold(phrase)
            guard let first = phrase.first, let last = phrase.last else { return true }
            guard text.count >= phrase.count else { return false }
            return (0...(text.count - phrase.count)).contains { start in
                let end = start + phrase.count
                return text[start..<end].elementsEqual(phrase)
                    && !(first.isToken && start > 0 && text[start - 1].isToken)
                    && !(!openEnd && last.isToken && end < text.count && text[end].isToken)
            }
        case .tokenWildcard(let pattern):
            let pattern = elements(pattern)
            return text.split { !$0.isToken }.contains { matchesWhole(pattern[...], $0) }
        case .textWildcard(let pattern):
            let pattern = elements(pattern)
            return (0...text.count).contains { start in
                (start...text.count).contains { end in
                    if start > 0, isBoundToken(pattern.first), text[start - 1].isToken { return false }
                    if end < text.count, isBoundToken(pattern.last), text[end].isToken { return false }
                    return matchesWhole(pattern[...], text[start..<end])
                }
            }
        case .regex(let pattern): return pattern.occurs(in: message)
        }
    }

    // MARK: Wildcards

    private enum Element {
        case character(NaiveText.Character)
        case anyOne
        case anyRun
    }

    private func elements(_ pattern: WildcardPattern) -> [Element] {
        pattern.pieces.flatMap { piece -> [Element] in
            switch piece {
            case .literal(let bytes): NaiveText.characters(bytes).map { .character($0) }
            case .anyOne: [.anyOne]
            case .anyRun: [.anyRun]
            }
        }
    }

    private func isBoundToken(_ element: Element?) -> Bool {
        if case .character(let character)? = element { character.isToken } else { false }
    }

    private func matchesWhole(_ pattern: ArraySlice<Element>, _ text: ArraySlice<NaiveText.Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case .anyRun:
            return (text.startIndex...text.endIndex).contains { matchesWhole(pattern.dropFirst(), text[$0...]) }
        case .anyOne:
            return !text.isEmpty && matchesWhole(pattern.dropFirst(), text.dropFirst())
        case .character(let character):
            return text.first == character && matchesWhole(pattern.dropFirst(), text.dropFirst())
        }
    }

    private func fold(_ text: String) -> [NaiveText.Character] {
        if let known = folded[text] { return known }
        let new = NaiveText.fold(Array(text.utf8))
        folded[text] = new
        return new
    }
}
