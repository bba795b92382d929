import LogDB
import LogModel
import Synchronization

/// Takes out of entries what is not to be stored, before they are: messages and values of attributes are rewritten, and what was
/// taken is counted by class, and kept nowhere.
final class Scrubber: Sendable {
    let rules: [ScrubRule]
    /// By rule.
    private let counts: Mutex<[UInt64]>
    private let replacements: [[UInt8]]

    init(_ rules: [ScrubRule]) {
        self.rules = rules
        counts = Mutex([UInt64](repeating: 0, count: rules.count))
        replacements = rules.map { Array("[\($0.name)]".utf8) }
    }

    /// What each rule has taken out since the server's start.
    var replacedCounts: [UInt64] { counts.withLock { $0 } }

    /// - Returns: Whether something was taken out.
    func scrub(_ batch: inout Batch) -> Bool {
        guard !rules.isEmpty else { return false }
        var run = ScrubRun(rules, replacements)
        var isChanged = run.scrub(&batch.messages)
        isChanged = run.scrub(&batch.contextValues) || isChanged
        guard isChanged else { return false }
        counts.withLock { counts in
            for index in counts.indices { counts[index] += run.counts[index] }
        }
        return true
    }
}

/// One batch on its way.
private struct ScrubRun {
    private let rules: [ScrubRule]
    private let replacements: [[UInt8]]
    private var replacers: [[RegexReplacer]]
    private(set) var counts: [UInt64]

    init(_ rules: [ScrubRule], _ replacements: [[UInt8]]) {
        self.rules = rules
        self.replacements = replacements
        replacers = rules.map { $0.patterns.map { RegexReplacer($0) } }
        counts = [UInt64](repeating: 0, count: rules.count)
    }

    /// - Returns: Whether a text was changed.
    mutating func scrub(_ column: inout ByteColumn) -> Bool {
        var changed = ByteColumn()
        var isChanged = false
        for index in 0..<column.count {
            guard let text = scrubbed(column, index) else {
                if isChanged { column.withBytes(index) { changed.append($0) } }
                continue
            }
            if !isChanged {
                isChanged = true
                for before in 0..<index { column.withBytes(before) { changed.append($0) } }
            }
            text.withUnsafeBytes { changed.append($0) }
        }
        if isChanged { column = changed }
        return isChanged
    }

    /// The text without what the rules take out, in their order; nil where they take nothing.
    private mutating func scrubbed(_ column: ByteColumn, _ index: Int) -> [UInt8]? {
        var text: [UInt8]?
        var output: [UInt8] = []
        for rule in rules.indices {
            for pattern in replacers[rule].indices {
                let count =
                    text.map { text in
                        text.withUnsafeBytes { replace($0, rule, pattern, &output) }
                    } ?? column.withBytes(index) { replace($0, rule, pattern, &output) }
                guard count > 0 else { continue }
                counts[rule] += UInt64(count)
                text = output
            }
        }
        return text
    }

    private mutating func replace(
        _ text: UnsafeRawBufferPointer, _ rule: Int, _ pattern: Int, _ output: inout [UInt8]
    ) -> Int {
        if let mark = rules[rule].mark, !text.contains(mark) { return 0 }
        return replacers[rule][pattern].replace(
            in: text, with: replacements[rule], into: &output, where: rules[rule].isMeant)
    }
}
