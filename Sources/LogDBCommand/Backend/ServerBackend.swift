import HTTPTransport
import LogModel

/// A server, over its HTTP API.
struct ServerBackend: Backend {
    let client: ServerClient

    /// Rows of one request when all are wanted.
    private static let pageRowCount = 1_000

    func close() async {}

    func answer(
        _ request: AnswerRequest, _ take: (AnswerPage) async throws -> Void
    ) async throws -> AnswerEnd {
        var end = AnswerEnd()
        var cursor: String?
        repeat {
            let left = request.limit.map { $0 - end.rowCount }
            let count = min(left ?? ServerBackend.pageRowCount, ServerBackend.pageRowCount)
            let reply = try await client.json(
                "POST", "/api/v1/logs", body: ServerBackend.body(request, limit: count, cursor: cursor),
                query: request.text)
            guard let rows = reply["rows"] else {
                throw CommandFailure("\(client.url) answered without rows; is it a LogDB server?")
            }
            let page = AnswerPage(
                rows: rows.elements.map { AnswerRow($0) },
                columns: reply["columns"].map { $0.elements.compactMap(\.text) })
            end.rowCount += page.rows.count
            if cursor == nil { end.warnings = (reply["warnings"]?.elements ?? []).compactMap { QueryNote($0) } }
            try await take(page)
            cursor = reply["next_cursor"]?.text
            end.hasMore = cursor != nil
        } while cursor != nil && end.rowCount < request.limit ?? .max
        return end
    }

    private static func body(_ request: AnswerRequest, limit: Int, cursor: String?) -> [UInt8] {
        var members: [(String, JSONValue)] = [
            ("query", .string(request.text)), ("limit", .number(String(limit))),
            ("order", .string(request.isOldestFirst ? "asc" : "desc")),
        ]
        if let since = request.since { members.append(("since", .string(since))) }
        if let cursor { members.append(("cursor", .string(cursor))) }
        return JSONValue.object(members.map { JSONValue.Member(name: $0, value: $1) }).bytes
    }

    func export(_ request: ExportRequest, to output: Output) async throws -> Bool {
        let path = ServerClient.path(
            "/api/v1/logs/export",
            [
                ("query", request.text), ("format", request.format.rawValue),
                ("order", request.isOldestFirst ? "asc" : "desc"),
            ])
        var found = ExportSurvey(request.format)
        do {
            let stream = try await client.transport.stream(
                HTTPCall(url: client.url + path, silenceTimeout: .seconds(300)))
            guard stream.status == 200 else {
                let body = try await stream.body.collect(byteCountMax: 1 << 20)
                throw client.failure(stream.status, body, query: request.text)
            }
            for try await piece in stream.body {
                found.take(piece)
                try output.write(piece)
            }
        } catch let error as HTTPTransportError {
            try? output.flush()
            throw client.failure(error)
        }
        try output.flush()
        return found.hasRows
    }

    func storage() async throws -> StorageSummary {
        StorageSummary(try await client.json("GET", "/api/v1/admin/storage"))
    }

    func compact(progress: @escaping @Sendable (Double, String) -> Void) async throws {
        try await wait(
            for: try await client.json("POST", "/api/v1/admin/compact"), named: "compaction", progress: progress)
    }

    func tier(olderThan age: String, progress: @escaping @Sendable (Double, String) -> Void) async throws {
        let body = JSONValue.object([.init(name: "older_than", value: .string(age))]).bytes
        try await wait(
            for: try await client.json("POST", "/api/v1/admin/tier", body: body), named: "moving", progress: progress)
    }

    func retention(setting document: [UInt8]?, isDryRun: Bool) async throws -> JSONValue {
        guard let document else { return try await client.json("GET", "/api/v1/admin/retention") }
        return try await client.json(
            "PUT", "/api/v1/admin/retention?dry_run=\(isDryRun)", body: document)
    }

    func backup(
        to place: String, copiesColdObjects: Bool, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> String {
        let body = JSONValue.object([
            .init(name: "to", value: .string(place)),
            .init(name: "cold", value: .string(copiesColdObjects ? "copy" : "name")),
        ]).bytes
        let job = try await wait(
            for: try await client.json("POST", "/api/v1/admin/backup", body: body), named: "the backup",
            progress: progress)
        return PlainText.escaped(job["detail"]?.text ?? "")
    }

    func rekey(
        backups: String?, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> String {
        let members = backups.map { [JSONValue.Member(name: "backups", value: .string($0))] } ?? []
        let job = try await wait(
            for: try await client.json("POST", "/api/v1/admin/rekey", body: JSONValue.object(members).bytes),
            named: "rekeying", progress: progress)
        return PlainText.escaped(job["detail"]?.text ?? "")
    }

    func countDeletable(_ query: String) async throws -> UInt64 {
        let answer = try await client.json(
            "DELETE", "/api/v1/logs?dry_run=true&query=\(ServerClient.encoded(query))", query: query)
        return answer["entries"]?.unsigned ?? 0
    }

    func delete(
        _ query: String, didHide: (UInt64) throws -> Void, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws {
        let started = try await client.json(
            "DELETE", "/api/v1/logs?query=\(ServerClient.encoded(query))", query: query)
        try didHide(started["entries"]?.unsigned ?? 0)
        try await wait(for: started, named: "the deletion", progress: progress)
    }

    /// Waits for the end of the job that an answer names.
    ///
    /// - Returns: The job as it ended.
    @discardableResult
    func wait(
        for started: JSONValue, named name: String, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> JSONValue {
        guard let id = started["job_id"]?.text else {
            throw CommandFailure("\(client.url) started no job; is it a LogDB server of this version?")
        }
        while true {
            let job = try await client.json("GET", "/api/v1/admin/jobs/\(id)")
            let detail = job["detail"]?.text ?? ""
            switch job["state"]?.text {
            case "done": return job
            case "failed": throw CommandFailure("\(name) failed: \(PlainText.escaped(detail))")
            case "running", "queued", "pending": progress(job["progress"]?.decimal ?? 0, detail)
            default: throw CommandFailure("the server no longer knows job \(id); was it started again?")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

/// Whether an export that passes by has rows.
struct ExportSurvey {
    private let format: ExportFormat
    private var lineCount = 0
    private var hasBytes = false
    private var hasObjects = false

    init(_ format: ExportFormat) { self.format = format }

    mutating func take(_ piece: [UInt8]) {
        guard !hasRows else { return }
        for byte in piece {
            switch byte {
            case UInt8(ascii: "\n"): lineCount += 1
            case UInt8(ascii: "{"): hasObjects = true
            default: hasBytes = true
            }
        }
    }

    var hasRows: Bool {
        switch format {
        case .csv: lineCount > 1
        case .json: hasObjects
        case .ndjson: hasBytes || hasObjects
        }
    }
}
