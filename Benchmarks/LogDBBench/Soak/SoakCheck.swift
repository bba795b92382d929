import Foundation

/// Compares what is stored with what was acknowledged: the number of entries of each session, and of some each entry.
struct SoakCheck {
    struct Result {
        /// Entries that are missing, there twice, or that nobody sent.
        var differenceCount = 0
        var differences: [String] = []
        var readSessionCount = 0
    }

    let server: RestartedServer
    let load: SoakLoad

    /// Sessions of a device that are read back whole.
    private static let readSessionCountMax = 50

    func run() throws -> Result {
        var result = Result()
        for (number, batchCount) in load.batchCounts.enumerated() {
            try count(number, batchCount: batchCount, &result)
            let sessionCount = (batchCount + SoakLoad.sessionBatchCount - 1) / SoakLoad.sessionBatchCount
            let step = max(sessionCount / SoakCheck.readSessionCountMax, 1)
            for session in stride(from: 0, to: sessionCount, by: step) {
                try read(session, of: number, batchCount: batchCount, &result)
            }
        }
        return result
    }

    /// All rows of a query's answer, exported: then they may be many, and take their time.
    private func rows(_ query: String) throws -> [[String: Any]] {
        var connection = try HTTPConnection(port: server.port)
        let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
        let answer = try connection.exchange(
            HTTPConnection.request("GET", "/api/v1/logs/export?query=\(escaped)&format=ndjson"))
        guard answer.status == 200 else {
            throw LoadError("\(query): \(answer.status) \(String(decoding: answer.body.prefix(2_000), as: UTF8.self))")
        }
        return try answer.body.split(separator: UInt8(ascii: "\n")).map { line in
            guard let row = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
                throw LoadError("\(query): a line that is no row")
            }
            return row
        }
    }

    private func count(_ number: Int, batchCount: Int, _ result: inout Result) throws {
        var counts: [String: Int] = [:]
        let query = "since:1970-01-01 device:\(SoakLoad.device(number)) | stats count() as n by session"
        for row in try rows(query) {
            guard let session = row["session"] as? String, let count = (row["n"] as? NSNumber)?.intValue else {
                throw LoadError("a row without a session and a count: \(row)")
            }
            counts[session] = count
        }
        var expected: [String: Int] = [:]
        for batch in 0..<batchCount {
            expected[SoakLoad.session(ofBatch: batch), default: 0] += SoakLoad.batchEntryCount
        }
        for session in Set(counts.keys).union(expected.keys) {
            note(
                found: counts[session] ?? 0, expected: expected[session] ?? 0,
                "\(SoakLoad.device(number)), session \(session)", &result)
        }
    }

    private func read(_ session: Int, of number: Int, batchCount: Int, _ result: inout Result) throws {
        let first = session * SoakLoad.sessionBatchCount
        let batches = first..<min(first + SoakLoad.sessionBatchCount, batchCount)
        let name = SoakLoad.session(ofBatch: first)
        let query = "since:1970-01-01 device:\(SoakLoad.device(number)) session:\(name) | fields message"
        var counts: [String: Int] = [:]
        for row in try rows(query) { counts[row["message"] as? String ?? "", default: 0] += 1 }
        for batch in batches {
            for index in 0..<SoakLoad.batchEntryCount {
                let message = SoakLoad.message(batch, index)
                note(found: counts.removeValue(forKey: message) ?? 0, expected: 1, "“\(message)”", &result)
            }
        }
        for (message, count) in counts { note(found: count, expected: 0, "“\(message)”", &result) }
        result.readSessionCount += 1
    }

    private func note(found: Int, expected: Int, _ what: String, _ result: inout Result) {
        guard found != expected else { return }
        result.differenceCount += abs(found - expected)
        result.differences.append("\(what): \(found) entries instead of \(expected)")
    }
}
