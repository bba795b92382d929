import LogModel

/// A kind of question that users of logs ask, as several questions that differ in their literals or bounds: no answer
/// can be one that was kept.
struct QueryClass: Sendable {
    /// `Q1` to `Q12`.
    var id: String
    var title: String
    /// The first is asked to warm up, and after a cold start; the others are measured.
    var cases: [QueryCase]
    /// What the median must stay below, in milliseconds.
    var millisecondsMax: Double?

    static let measuredCount = 5
}

extension QueryClass {
    private static let caseCount = measuredCount + 1
    /// Words that stand in many templates of every level, always in lower case.
    private static let frequentWords = ["after", "for", "at", "from", "was", "on"]
    private static let minute = 60 * Timestamp.microsecondsPerSecond
    private static let hour = 60 * minute

    /// Every class, for the corpus of `options`.
    static func all(_ options: CorpusOptions, _ plan: SessionPlan) -> [QueryClass] {
        let week = options.start.microseconds..<options.end.microseconds
        let sessions = plan.all.filter { $0.entryCount > 0 }.sorted { $0.entryCount < $1.entryCount }
        /// The week with each case's own end or start, so many microseconds within.
        func endingEarlier(_ step: Int64, _ shape: QueryCase.Shape) -> [QueryCase] {
            (0..<caseCount).map { QueryCase(shape, week.lowerBound..<week.upperBound - Int64($0) * step) }
        }
        func startingLater(_ step: Int64, _ shape: QueryCase.Shape) -> [QueryCase] {
            (0..<caseCount).map { QueryCase(shape, week.lowerBound + Int64($0) * step..<week.upperBound) }
        }
        let lastRows = endingEarlier(61 * Timestamp.microsecondsPerSecond, .newest)
        let tokens = endingEarlier(1, .newest).with { $0.text = .word(CorpusOptions.plantedWord) }
        let phrases = endingEarlier(3 * hour, .newest).with { $0.text = .phrase(CorpusOptions.phrase) }
        let phraseCounts = startingLater(47 * minute, .count).with { $0.text = .phrase(CorpusOptions.phrase) }
        let histograms = startingLater(10 * minute, .countByLevelAndHour)
        let exports = startingLater(13 * minute, .export).with { $0.level = .error }
        let classes = [
            QueryClass(id: "Q1", title: "the newest 100 of everything", cases: lastRows, millisecondsMax: 10),
            QueryClass(
                id: "Q2", title: "errors of a module in an hour, newest 100", cases: errorsOfAnHour(week),
                millisecondsMax: 10),
            QueryClass(
                id: "Q3", title: "a word that occurs \(CorpusOptions.plantedWordCount) times", cases: tokens,
                millisecondsMax: 10),
            QueryClass(id: "Q4", title: "a phrase in 0.1 %, newest 100", cases: phrases),
            QueryClass(id: "Q5", title: "the phrase, counted", cases: phraseCounts),
            QueryClass(id: "Q6", title: "count by level and hour, 7 days", cases: histograms),
            QueryClass(id: "Q7", title: "a session whole, in order", cases: wholeSessions(week, sessions)),
            QueryClass(id: "Q8", title: "a frequent word and ERROR, counted", cases: frequentWordErrors(week)),
            QueryClass(id: "Q9", title: "a regular expression, counted", cases: blockPatterns(week)),
            QueryClass(id: "Q10", title: "export of all errors", cases: exports),
            QueryClass(id: "Q11a", title: "the ten busiest modules", cases: startingLater(17 * minute, .topModules)),
            QueryClass(id: "Q11b", title: "distinct devices", cases: startingLater(19 * minute, .distinctDevices)),
            QueryClass(id: "Q12", title: "one request_id", cases: requests(week, options, sessions)),
        ]
        return classes
    }

    /// The last hour, then hours all over the week; the busiest modules.
    private static func errorsOfAnHour(_ week: Range<Int64>) -> [QueryCase] {
        (0..<caseCount).map { number in
            let end = week.upperBound - Int64(number) * (27 * hour + 11 * minute)
            var question = QueryCase(.newest, end - hour..<end)
            question.level = .error
            question.module =
                ModuleVocabulary.names.indices.sorted {
                    ModuleVocabulary.all[$0].weight > ModuleVocabulary.all[$1].weight
                }[number % 4]
            return question
        }
    }

    /// From small ones to large ones, the middle one of about the median's size.
    private static func wholeSessions(_ week: Range<Int64>, _ sessions: [PlannedSession]) -> [QueryCase] {
        (0..<caseCount).map { number in
            var question = QueryCase(.oldest, week)
            question.limit = 10_000
            question.session = sessions[(2 * number + 1) * sessions.count / (2 * caseCount)]
            return question
        }
    }

    private static func frequentWordErrors(_ week: Range<Int64>) -> [QueryCase] {
        frequentWords.map { word in
            var question = QueryCase(.count, week)
            question.level = .error
            question.text = .word(word)
            return question
        }
    }

    private static func blockPatterns(_ week: Range<Int64>) -> [QueryCase] {
        [(1, 7), (2, 8), (3, 9), (4, 1), (5, 2), (6, 3)].map { first, last in
            var question = QueryCase(.count, week)
            question.text = .block(first: first, last: last)
            return question
        }
    }

    private static func requests(
        _ week: Range<Int64>, _ options: CorpusOptions, _ sessions: [PlannedSession]
    ) -> [QueryCase] {
        (0..<caseCount).map { number in
            var question = QueryCase(.newest, week)
            question.request = sessions[(3 * number + 1) * sessions.count / (3 * caseCount)].firstRequest(options)
            return question
        }
    }
}

extension [QueryCase] {
    /// Each of them changed in the same way.
    fileprivate func with(_ change: (inout QueryCase) -> Void) -> [QueryCase] {
        map { question in
            var changed = question
            change(&changed)
            return changed
        }
    }
}
