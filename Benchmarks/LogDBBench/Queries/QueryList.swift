import Foundation
import LogModel

/// The classes with their literals and right answers, as JSON: what else is measured against the same corpus asks the
/// same questions.
struct QueryList: Codable {
    struct Question: Codable {
        var shape: QueryCase.Shape
        var limit: Int
        /// Half-open, in microseconds since the epoch.
        var since: Int64
        var until: Int64
        var level: String?
        var module: String?
        var device: String?
        var session: String?
        var request: String?
        var word: String?
        var phrase: String?
        var regex: String?
        /// The question in LogDB's query language.
        var query: String
        var rowCount: Int
        var total: Int?
    }

    struct Class: Codable {
        var id: String
        var title: String
        /// The first is for warming up.
        var questions: [Question]
    }

    var entryCount: Int
    var byteCount: Int
    var seed: UInt64
    var end: String
    var classes: [Class]

    init(_ classes: [QueryClass], _ options: CorpusOptions, byteCount: Int) {
        entryCount = options.entryCount
        self.byteCount = byteCount
        seed = options.seed
        end = options.end.description
        self.classes = classes.map { Class(id: $0.id, title: $0.title, questions: $0.cases.map(Question.init)) }
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
    }
}

extension QueryList.Question {
    fileprivate init(_ question: QueryCase) {
        shape = question.shape
        limit = question.limit
        since = question.range.lowerBound
        until = question.range.upperBound
        level = question.level?.name
        module = question.module.map { ModuleVocabulary.names[$0] }
        device = question.session.map { SessionPlan.deviceName($0.device) }
        session = question.session?.name
        request = question.request.map(QueryCase.hex)
        switch question.text {
        case .word(let text): word = text
        case .phrase(let text): phrase = text
        case .block(let first, let last): regex = QueryCase.blockPattern(first: first, last: last)
        case nil: break
        }
        query = question.query
        rowCount = question.rowCount
        total = question.total
    }
}
