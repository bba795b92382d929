import Foundation

/// What the bench asks of a server beside ingesting.
struct ServerClient: ~Copyable {
    private var connection: HTTPConnection

    init(_ server: ServerProcess) throws(LoadError) { try self.init(port: server.port) }

    init(port: UInt16) throws(LoadError) { connection = try HTTPConnection(port: port) }

    /// The answer to one question.
    struct Answer {
        var rowCount: Int
        /// The sum of the column `n`; nil when the rows do not have it.
        var total: Int?
        /// From the first byte sent to the last received.
        var milliseconds: Double
        /// What the server says that it took; nil for a download, which does not say.
        var serverMilliseconds: Double?
    }

    /// Nil when the server says that it cannot execute such a question yet.
    mutating func ask(_ question: QueryCase) throws -> Answer? {
        let escaped = question.query.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
        let target =
            switch question.shape {
            case .export: "/api/v1/logs/export?query=\(escaped)&format=ndjson"
            case .oldest: "/api/v1/logs?query=\(escaped)&limit=\(question.limit)&order=asc"
            case .newest: "/api/v1/logs?query=\(escaped)&limit=\(question.limit)"
            case .count, .countByLevelAndHour, .topModules, .distinctDevices:
                "/api/v1/logs?query=\(escaped)&limit=10000"
            }
        let request = HTTPConnection.request("GET", target)
        let start = ContinuousClock.now
        let answer = try connection.exchange(request)
        let milliseconds = (ContinuousClock.now - start).seconds * 1_000
        let text = String(decoding: answer.body.prefix(4_096), as: UTF8.self)
        if answer.status == 400, text.contains("not_supported_yet") { return nil }
        guard answer.status == 200 else { throw LoadError("\(question.query): \(answer.status) \(text)") }
        if question.shape == .export {
            return Answer(rowCount: answer.body.count { $0 == UInt8(ascii: "\n") }, milliseconds: milliseconds)
        }
        let document = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        guard let rows = document?["rows"] as? [[String: Any]], let statistics = document?["stats"] as? [String: Any],
            let elapsed = statistics["elapsed_ms"] as? NSNumber
        else { throw LoadError("\(question.query): an answer without rows or stats.elapsed_ms") }
        let counts = rows.compactMap { ($0["n"] as? NSNumber)?.intValue }
        return Answer(
            rowCount: rows.count, total: question.total == nil ? nil : counts.reduce(0, +), milliseconds: milliseconds,
            serverMilliseconds: elapsed.doubleValue)
    }

    /// What came of a question, whatever it was.
    struct Outcome {
        var milliseconds: Double
        /// Rows of the answer; nil where it was refused.
        var rowCount: Int?
        /// The code of the error that refused it.
        var refusal: String?
    }

    /// Asks for the first rows of an answer, or for all of them where it is exported.
    mutating func outcome(of query: String, limit: Int, isExported: Bool) throws -> Outcome {
        let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
        let target =
            isExported
            ? "/api/v1/logs/export?query=\(escaped)&format=ndjson" : "/api/v1/logs?query=\(escaped)&limit=\(limit)"
        let request = HTTPConnection.request("GET", target)
        let start = ContinuousClock.now
        let answer: HTTPConnection.Answer
        do throws(LoadError) {
            answer = try connection.exchange(request)
        } catch {
            guard isExported else { throw error }
            let milliseconds = (ContinuousClock.now - start).seconds * 1_000
            return Outcome(milliseconds: milliseconds, rowCount: nil, refusal: "cut short")
        }
        var outcome = Outcome(milliseconds: (ContinuousClock.now - start).seconds * 1_000)
        if isExported, answer.status == 200 {
            outcome.rowCount = answer.body.count { $0 == UInt8(ascii: "\n") }
            return outcome
        }
        let body = Data(answer.body)
        outcome.refusal = ServerClient.refusal(in: body)
        let document = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        if outcome.refusal == nil { outcome.rowCount = (document?["rows"] as? [Any])?.count }
        guard outcome.rowCount != nil || outcome.refusal != nil else {
            throw LoadError("\(query): \(answer.status) \(String(decoding: answer.body.prefix(4_096), as: UTF8.self))")
        }
        return outcome
    }

    private static func refusal(in document: Data) -> String? {
        let answer = (try? JSONSerialization.jsonObject(with: document)) as? [String: Any]
        if let code = answer?["code"] as? String, answer?["rows"] == nil, answer?["message"] == nil { return code }
        let errors = (answer?["errors"] as? [[String: Any]]) ?? (answer?["error"] as? [String: Any]).map { [$0] } ?? []
        return errors.first?["code"] as? String
    }

    private static func number(named name: String, in document: [String: Any]) -> Int? {
        if let number = document[name] as? NSNumber { return number.intValue }
        for case let inner as [String: Any] in document.values {
            if let number = number(named: name, in: inner) { return number }
        }
        return nil
    }

    /// Bytes that a query may use.
    mutating func queryByteCountMax() throws -> Int {
        let answer = try document(connection.exchange(HTTPConnection.request("GET", "/api/v1/limits")))
        guard let count = ServerClient.number(named: "query_memory_bytes", in: answer) else {
            throw LoadError("the server's limits do not tell a query's memory")
        }
        return count
    }

    /// Sends one body to be ingested and waits until it is acknowledged.
    mutating func ingest(lines: String) throws {
        let answer = try connection.exchange(
            HTTPConnection.request(
                "POST", "/api/v1/logs/ingest", headers: [("Content-Type", "application/x-ndjson")],
                body: Array(lines.utf8)))
        _ = try document(answer)
    }

    /// Seals what is in memory, merges, removes what is obsolete, and waits until that is done.
    mutating func compact() throws {
        let started = try document(connection.exchange(HTTPConnection.request("POST", "/api/v1/admin/compact")))
        guard let job = started["job_id"] else { throw LoadError("the compaction's answer has no job_id") }
        let poll = HTTPConnection.request("GET", "/api/v1/admin/jobs/\(job)")
        while true {
            let answer = try document(connection.exchange(poll))
            switch answer["state"] as? String {
            case "done": return
            case "failed": throw LoadError("the compaction failed: \(answer["detail"] ?? "")")
            default: Thread.sleep(forTimeInterval: 0.01)
            }
        }
    }

    struct Storage {
        var entryCount: Int
        /// Stored bytes of columns, directories and the index.
        var byteCount: Int
        var columns: [(name: String, byteCount: Int)]
    }

    mutating func storage() throws -> Storage {
        let answer = try document(connection.exchange(HTTPConnection.request("GET", "/api/v1/admin/storage")))
        let hot = (answer["tiers"] as? [String: Any])?["hot"] as? [String: Any]
        let columns = answer["columns"] as? [[String: Any]] ?? []
        return Storage(
            entryCount: (hot?["entries"] as? NSNumber)?.intValue ?? 0,
            byteCount: (hot?["bytes"] as? NSNumber)?.intValue ?? 0,
            columns: columns.map { ($0["name"] as? String ?? "?", ($0["bytes"] as? NSNumber)?.intValue ?? 0) })
    }

    private func document(_ answer: HTTPConnection.Answer) throws -> [String: Any] {
        guard (200..<300).contains(answer.status),
            let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        else { throw LoadError("answered \(answer.status): \(String(decoding: answer.body, as: UTF8.self))") }
        return object
    }
}
