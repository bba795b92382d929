/// A corpus as it is made, with the right answers to every class of questions at its end.
struct AnsweredCorpus {
    private(set) var corpus: Corpus
    private(set) var byteCount = 0
    private let classes: [QueryClass]
    private var tally: QueryTally

    init(_ options: CorpusOptions) {
        corpus = Corpus(options)
        classes = options.entryCount == 0 ? [] : QueryClass.all(options, corpus.plan)
        tally = QueryTally(classes.flatMap(\.cases))
    }

    /// As `Corpus.appendLines`.
    mutating func appendLines(_ count: Int, to output: inout [UInt8]) -> Int {
        let start = output.count
        var appended = 0
        while appended < count, let entry = corpus.appendLine(to: &output) {
            tally.add(entry, in: output)
            appended += 1
        }
        byteCount += output.count - start
        return appended
    }

    /// The classes; their cases know the right answers once the corpus is at its end.
    var answered: [QueryClass] {
        var questions = tally.answered[...]
        return classes.map { kind in
            var kind = kind
            kind.cases = Array(questions.prefix(kind.cases.count))
            questions = questions.dropFirst(kind.cases.count)
            return kind
        }
    }
}
