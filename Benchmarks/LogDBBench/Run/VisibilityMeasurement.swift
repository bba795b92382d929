import LogModel

/// Whether a question that is asked right after the answer to a batch finds its entry.
enum VisibilityMeasurement {
    private static let attemptCount = 50

    static func figures(_ server: ServerProcess, options: CorpusOptions) throws -> [Figure] {
        var sender = try ServerClient(server)
        var asker = try ServerClient(server)
        var foundCount = 0
        var latencies: [Double] = []
        for attempt in 0..<attemptCount {
            let word = "wombat\(attempt)"
            let time = options.end.microseconds + Int64(attempt)
            try sender.ingest(
                lines: "{\"timestamp_us\":\(time),\"device\":\"Robot-0002\",\"message\":\"seen at once: \(word)\"}\n")
            var question = QueryCase(.newest, options.start.microseconds..<time + 1)
            question.text = .word(word)
            guard let answer = try asker.ask(question) else { continue }
            if answer.rowCount == 1 { foundCount += 1 }
            latencies.append(answer.milliseconds)
        }
        let mismatch = foundCount == attemptCount ? nil : "\(attemptCount - foundCount) were not found at once"
        return [
            Figure(
                "entries found by a question right after their acknowledgement", Double(foundCount),
                "of \(attemptCount)", mismatch: mismatch),
            Figure("from the acknowledgement until the entry is read, p50", latencies.sorted().percentile(0.5), "ms"),
        ]
    }
}
