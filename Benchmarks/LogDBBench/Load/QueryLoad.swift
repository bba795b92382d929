import Foundation

/// A question whose answering time is measured.
struct MeasuredQuery {
    enum Route {
        /// Rows, at most `limit`.
        case rows(limit: Int)
        /// A download of everything, as NDJSON.
        case export
    }

    var name: String
    var query: String
    var route: Route
    /// How many rows the answer must have; nil where only that there is one matters.
    var rowCount: Int?
    /// The count that the first row's first number must be, for a question that only counts.
    var count: Int?
    /// What the median in the server must stay below, in milliseconds.
    var millisecondsMax: Double?

    static func all(_ options: CorpusOptions) -> [MeasuredQuery] {
        let week = "since:8d"
        return [
            MeasuredQuery(
                name: "last 100", query: week, route: .rows(limit: 100), rowCount: min(100, options.entryCount),
                millisecondsMax: 10),
            MeasuredQuery(
                name: "errors of navigation in the last hour, newest 100",
                query: "level:ERROR module:navigation since:1h", route: .rows(limit: 100), millisecondsMax: 10),
            MeasuredQuery(
                name: "a word that occurs \(CorpusOptions.plantedWordCount) times",
                query: "\(CorpusOptions.plantedWord) \(week)", route: .rows(limit: 100),
                rowCount: options.plantedIndexes.count, millisecondsMax: 10),
            MeasuredQuery(
                name: "a phrase in 0.1%, newest 100", query: "\"\(CorpusOptions.phrase)\" \(week)",
                route: .rows(limit: 100), rowCount: min(100, options.phraseCount)),
            MeasuredQuery(
                name: "the same, counted", query: "\"\(CorpusOptions.phrase)\" \(week) | stats count() as n",
                route: .rows(limit: 100), rowCount: 1, count: options.phraseCount),
            MeasuredQuery(
                name: "counts by level and hour over 7 days", query: "\(week) | stats count() by level, bin(1h)",
                route: .rows(limit: 10_000)),
            MeasuredQuery(name: "export of all errors", query: "level:ERROR \(week)", route: .export),
        ]
    }
}

/// How long one question took.
struct QueryTiming {
    var query: MeasuredQuery
    var rowCount: Int
    /// Medians, in milliseconds. The server's own figure is missing where the answer does not carry it.
    var serverMilliseconds: Double?
    var wallMilliseconds: Double
    /// What is wrong with the answer; nil when it is as it must be.
    var mismatch: String?
}

extension MeasuredQuery {
    static let runCount = 5

    /// Asks once to warm up, then `runCount` times.
    func measure(_ connection: inout HTTPConnection) throws -> QueryTiming {
        let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
        let target =
            switch route {
            case .rows(let limit): "/api/v1/logs?query=\(escaped)&limit=\(limit)"
            case .export: "/api/v1/logs/export?query=\(escaped)&format=ndjson"
            }
        let request = HTTPConnection.request("GET", target)
        _ = try connection.exchange(request)
        var server: [Double] = []
        var wall: [Double] = []
        var timing = QueryTiming(query: self, rowCount: 0, wallMilliseconds: 0)
        for _ in 0..<MeasuredQuery.runCount {
            let start = ContinuousClock.now
            let answer = try connection.exchange(request)
            wall.append((ContinuousClock.now - start).seconds * 1_000)
            guard answer.status == 200 else {
                throw LoadError("\(query): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
            }
            switch route {
            case .export:
                timing.rowCount = answer.body.count { $0 == UInt8(ascii: "\n") }
            case .rows:
                let (rows, elapsed) = try rows(answer.body)
                server.append(elapsed)
                timing.rowCount = rows.count
                timing.mismatch = countMismatch(rows)
            }
        }
        if let rowCount, rowCount != timing.rowCount {
            timing.mismatch = "\(timing.rowCount) rows instead of \(rowCount)"
        } else if timing.rowCount == 0 {
            timing.mismatch = "no rows"
        }
        timing.serverMilliseconds = server.isEmpty ? nil : server.sorted().percentile(0.5)
        timing.wallMilliseconds = wall.sorted().percentile(0.5)
        return timing
    }

    private func rows(_ body: [UInt8]) throws -> (rows: [[String: Any]], elapsed: Double) {
        let answer = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        guard let rows = answer?["rows"] as? [[String: Any]], let statistics = answer?["stats"] as? [String: Any],
            let elapsed = statistics["elapsed_ms"] as? NSNumber
        else { throw LoadError("\(query): an answer without rows or stats.elapsed_ms") }
        return (rows, elapsed.doubleValue)
    }

    private func countMismatch(_ rows: [[String: Any]]) -> String? {
        guard let count else { return nil }
        let found = (rows.first?["n"] as? NSNumber)?.intValue
        return found == count ? nil : "counted \(found.map(String.init) ?? "nothing") instead of \(count)"
    }
}
