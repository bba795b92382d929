/// Asks every class of questions and holds each answer against what is known of the right one.
struct QueryMeasurement {
    private let classes: [QueryClass]
    private(set) var figures: [QueryFigure]

    init(_ classes: [QueryClass]) {
        self.classes = classes
        figures = classes.map { QueryFigure(id: $0.id, title: $0.title) }
    }

    /// Of each class one question to warm up, then the others, each once.
    mutating func measureWarm(_ server: ServerProcess) throws {
        var client = try ServerClient(server)
        for index in classes.indices {
            for (number, question) in classes[index].cases.enumerated() {
                guard let answer = try client.ask(question) else {
                    figures[index].isSupported = false
                    break
                }
                check(answer, question, index)
                if number == 0 { continue }
                figures[index].questions.append(
                    .init(
                        query: question.query, milliseconds: answer.milliseconds,
                        serverMilliseconds: answer.serverMilliseconds, rowCount: answer.rowCount, total: answer.total))
            }
            judge(index)
        }
    }

    /// The first question of the class at `index`, to a server that was just started.
    mutating func measureCold(_ index: Int, _ server: ServerProcess) throws {
        guard figures[index].isSupported, let question = classes[index].cases.first else { return }
        var client = try ServerClient(server)
        guard let answer = try client.ask(question) else { return }
        check(answer, question, index)
        figures[index].coldMilliseconds = answer.milliseconds
    }

    private mutating func check(_ answer: ServerClient.Answer, _ question: QueryCase, _ index: Int) {
        if answer.rowCount != question.rowCount {
            figures[index].mismatch = "\(answer.rowCount) rows instead of \(question.rowCount): \(question.query)"
        } else if answer.total != question.total {
            let total = answer.total.map(String.init) ?? "nothing"
            figures[index].mismatch = "counted \(total) instead of \(question.total ?? 0): \(question.query)"
        }
    }

    private mutating func judge(_ index: Int) {
        guard let limit = classes[index].millisecondsMax else { return }
        let bound = Figure.Bound.below(limit)
        figures[index].target = bound.text
        figures[index].isReached = figures[index].milliseconds.map(bound.holds)
    }
}
