import LogModel

/// Works out the right answers to questions while the corpus is made: a plain scan, without any index.
struct QueryTally {
    private var items: [Item]
    /// What each question asks of an entry's numbers; tried first, as nearly every entry fails there.
    private let conditions: [Condition]

    private struct Item {
        var question: QueryCase
        /// The word or phrase; empty where none is asked for.
        var text: [UInt8]
        var matchCount = 0
        /// By group: level and hour, module, or device.
        var counts: [Int]
        var firstHour: Int64
    }

    /// -1 and 0 stand for any; an entry's request is never 0 in practice.
    private struct Condition {
        var from: Int64
        var until: Int64
        var level: Int
        var module: Int
        var session: Int
        var request: UInt64
        var hasText: Bool
    }

    private static let hour = 3_600 * Timestamp.microsecondsPerSecond
    private static let levelCount = Level.allCases.count

    init(_ questions: [QueryCase]) {
        conditions = questions.map { question in
            Condition(
                from: question.range.lowerBound, until: question.range.upperBound,
                level: question.level.map { Int($0.rawValue) } ?? -1, module: question.module ?? -1,
                session: question.session?.number ?? -1, request: question.request ?? 0,
                hasText: question.text != nil)
        }
        items = questions.map { question in
            let firstHour = question.range.lowerBound / QueryTally.hour
            let groupCount =
                switch question.shape {
                case .countByLevelAndHour:
                    Int(question.range.upperBound / QueryTally.hour - firstHour + 1) * QueryTally.levelCount
                case .topModules: ModuleVocabulary.all.count
                case .distinctDevices: CorpusOptions.deviceCount
                case .newest, .oldest, .export, .count: 0
                }
            let text =
                switch question.text {
                case .word(let text), .phrase(let text): Array(text.utf8)
                case .block, nil: [UInt8]()
                }
            return Item(
                question: question, text: text, counts: [Int](repeating: 0, count: groupCount), firstHour: firstHour)
        }
    }

    /// Counts `entry`, whose message stands in `output`.
    mutating func add(_ entry: CorpusEntry, in output: [UInt8]) {
        for index in conditions.indices {
            let condition = conditions[index]
            guard entry.time >= condition.from, entry.time < condition.until,
                condition.level < 0 || condition.level == Int(entry.level.rawValue),
                condition.module < 0 || condition.module == entry.module,
                condition.session < 0 || condition.session == entry.session,
                condition.request == 0 || condition.request == entry.request,
                !condition.hasText || holdsText(index, output[entry.message])
            else { continue }
            items[index].matchCount += 1
            switch items[index].question.shape {
            case .countByLevelAndHour:
                let hour = Int(entry.time / QueryTally.hour - items[index].firstHour)
                items[index].counts[hour * QueryTally.levelCount + Int(entry.level.rawValue)] += 1
            case .topModules: items[index].counts[entry.module] += 1
            case .distinctDevices: items[index].counts[entry.device] += 1
            case .newest, .oldest, .export, .count: break
            }
        }
    }

    private func holdsText(_ index: Int, _ message: ArraySlice<UInt8>) -> Bool {
        switch items[index].question.text {
        case .word, .phrase: message.holds(items[index].text)
        case .block(let first, let last): message.holdsBlock(first: first, last: last)
        case nil: true
        }
    }

    /// The questions in their order, with their `rowCount` and `total`.
    var answered: [QueryCase] {
        items.map { item in
            var question = item.question
            let groupCount = item.counts.count { $0 > 0 }
            switch question.shape {
            case .newest, .oldest: question.rowCount = min(question.limit, item.matchCount)
            case .export: question.rowCount = item.matchCount
            case .count: (question.rowCount, question.total) = (1, item.matchCount)
            case .countByLevelAndHour: (question.rowCount, question.total) = (groupCount, item.matchCount)
            case .topModules:
                question.rowCount = min(10, groupCount)
                question.total = item.counts.sorted(by: >).prefix(10).reduce(0, +)
            case .distinctDevices: (question.rowCount, question.total) = (1, groupCount)
            }
            return question
        }
    }
}

extension ArraySlice<UInt8> {
    private static let blockPrefix = Array("blk_".utf8)

    /// Where `text` stands for the first time at or after `from`.
    private func position(of text: [UInt8], from: Int) -> Int? {
        guard count >= text.count, from <= endIndex - text.count else { return nil }
        return withUnsafeBufferPointer { bytes in
            for start in from - startIndex...bytes.count - text.count where bytes[start] == text[0] {
                if (1..<text.count).allSatisfy({ bytes[start + $0] == text[$0] }) { return start + startIndex }
            }
            return nil
        }
    }

    fileprivate func holds(_ text: [UInt8]) -> Bool {
        var from = startIndex
        while let start = position(of: text, from: from) {
            let end = start + text.count
            if (start == startIndex || !self[start - 1].isWordByte) && (end == endIndex || !self[end].isWordByte) {
                return true
            }
            from = start + 1
        }
        return false
    }

    /// What `QueryCase.blockPattern` says.
    fileprivate func holdsBlock(first: Int, last: Int) -> Bool {
        var from = startIndex
        while let prefix = position(of: Self.blockPrefix, from: from) {
            var start = prefix + Self.blockPrefix.count
            if start < endIndex, self[start] == UInt8(ascii: "-") { start += 1 }
            let digits = self[start...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            let isWordEnd = digits.endIndex == endIndex || !self[digits.endIndex].isWordByte
            if digits.count >= 3, isWordEnd, digits.first == UInt8(ascii: "0") + UInt8(first),
                digits.last == UInt8(ascii: "0") + UInt8(last)
            {
                return true
            }
            from = prefix + 1
        }
        return false
    }
}

extension UInt8 {
    /// A letter, digit or `_` of ASCII, which is all that the corpus is made of.
    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
