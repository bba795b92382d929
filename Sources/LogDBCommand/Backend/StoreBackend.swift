import Glibc
import LogDB
import LogModel
import ObjectStore
import Query
import Server

/// A data directory, opened by this process: nobody else has it meanwhile.
struct StoreBackend: Backend {
    let store: LogStore

    /// - Parameters:
    ///   - isMade: Whether a directory without a store gets one; else it is refused.
    ///   - keys: What the store's objects are encrypted with.
    static func open(_ directory: String, isMade: Bool, keys: EncryptionKeys?) async throws -> StoreBackend {
        if !isMade, access(directory + "/CURRENT", F_OK) != 0 {
            throw CommandFailure("there is no store in \(directory): check the path, or ingest something into it first")
        }
        do throws(LogError) {
            var options = Options()
            options.encryptionKeys = keys
            return StoreBackend(store: try await LogStore.open(at: directory, options: options))
        } catch {
            throw StoreBackend.failure(error, directory: directory)
        }
    }

    func close() async { await store.close() }

    func answer(
        _ request: AnswerRequest, _ take: (AnswerPage) async throws -> Void
    ) async throws -> AnswerEnd {
        try await translated(request.text) {
            let query = try query(request)
            var end = AnswerEnd()
            switch try await query.run(on: store) {
            case .entries(let answer):
                for try await rows in answer {
                    let page = AnswerPage(
                        rows: (0..<rows.count).map { AnswerRow(rows, $0, columns: answer.columns) },
                        columns: answer.columns.map { $0.map(\.columnName) })
                    end.rowCount += rows.count
                    try await take(page)
                }
                end.hasMore = answer.nextCursor() != nil
                end.warnings = answer.warnings().map { QueryNote($0) }
            case .table(let table):
                let columns = table.columns
                // A table without rows has a header all the same.
                try await take(AnswerPage(rows: [], columns: columns))
                for try await rows in table {
                    end.rowCount += rows.count
                    try await take(
                        AnswerPage(rows: rows.map { AnswerRow($0, columns: columns) }, columns: columns))
                }
                end.hasMore = table.nextCursor() != nil
                end.warnings = table.warnings().map { QueryNote($0) }
            }
            return end
        }
    }

    private func query(_ request: AnswerRequest) throws -> LogQuery {
        let now = Timestamp.now
        let hour: Int64 = 3_600 * 1_000_000
        let range = TimeRange(
            since: Timestamp(microseconds: now.microseconds - hour), until: TimeRange.all.until)
        return try LogQuery(
            request.text,
            context: QueryContext(
                now: now, defaultRange: range, order: request.isOldestFirst ? .oldestFirst : .newestFirst,
                rowLimit: request.limit))
    }

    func export(_ request: ExportRequest, to output: Output) async throws -> Bool {
        try await translated(request.text) {
            let query = try LogQuery(
                request.text,
                context: QueryContext(
                    now: Timestamp.now, order: request.isOldestFirst ? .oldestFirst : .newestFirst))
            var writer = ExportWriter(request.format, output: output)
            switch try await query.run(on: store) {
            case .entries(let answer):
                try writer.start(columns: answer.columns.map { $0.map(\.columnName) } ?? ExportWriter.entryColumns)
                for try await rows in answer {
                    if answer.columns == nil {
                        try writer.write(rows)
                    } else {
                        try writer.write((0..<rows.count).map { AnswerRow(rows, $0, columns: answer.columns) })
                    }
                }
            case .table(let table):
                try writer.start(columns: table.columns)
                for try await rows in table {
                    try writer.write(rows.map { AnswerRow($0, columns: table.columns) })
                }
            }
            try writer.finish()
            return writer.hasRows
        }
    }

    func storage() async throws -> StorageSummary {
        try await translated("") { StorageSummary(try await store.storageReport()) }
    }

    func compact(progress: @escaping @Sendable (Double, String) -> Void) async throws {
        try await translated("") { try await store.compact(progress: progress) }
    }

    func tier(olderThan age: String, progress: @escaping @Sendable (Double, String) -> Void) async throws {
        guard let age = Age(argument: age) else { throw CommandFailure("“\(age)” is no time such as 7d, 12h or 0s") }
        try await translated("") { try await store.tier(olderThan: age.duration, progress: progress) }
    }

    func retention(setting document: [UInt8]?, isDryRun: Bool) async throws -> JSONValue {
        try await translated("") {
            var policy = store.retentionPolicy
            if let document {
                guard let json = JSONValue(document) else { throw CommandFailure("the policy is no JSON") }
                do throws(RetentionDocument.Fault) {
                    policy = try RetentionDocument.policy(json)
                } catch {
                    throw CommandFailure("“\(error.name)”: \(error.message)")
                }
            }
            let effects = try await store.retentionEffects(policy)
            if document != nil, !isDryRun { try await Retentions(store).set(policy, by: .command) }
            return RetentionDocument.json(policy, effects)
        }
    }

    func backup(
        to place: String, copiesColdObjects: Bool, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> String {
        try await translated("") {
            try await StoreBackup.make(
                of: store, to: try BackupPlace(place), copiesColdObjects: copiesColdObjects, progress: progress
            ).summary
        }
    }

    func rekey(
        backups: String?, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> String {
        try await translated("") {
            let place = try backups.map { (text) throws(LogError) in try BackupPlace(text) }
            return try await KeyRenewals.run(of: store, backups: place, progress: progress).summary
        }
    }

    func countDeletable(_ query: String) async throws -> UInt64 {
        try await translated(query) {
            let ready = try deletable(query)
            return try await store.countDeletable(ready.filter, range: ready.range)
        }
    }

    func delete(
        _ query: String, didHide: (UInt64) throws -> Void, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws {
        try await translated(query) {
            let ready = try deletable(query)
            let deletion = try await Deletions(store).delete(
                ready.filter, range: ready.range, query: query, by: .command)
            try didHide(deletion.hiddenCount)
            try await store.purgeDeleted(progress: progress)
        }
    }

    private func deletable(_ query: String) throws -> LogQuery {
        let ready = try LogQuery(query, context: QueryContext(now: Timestamp.now))
        guard ready.syntax.pipes.isEmpty else {
            throw CommandFailure("entries go whole, by what they are: leave out the pipes")
        }
        return ready
    }

    /// Runs `body`, its errors made those of a backend.
    private func translated<Result>(_ text: String, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as QueryErrors {
            throw QueryRefusal(text: text, notes: error.diagnostics.map { QueryNote($0) })
        } catch let error as LogError {
            throw StoreBackend.failure(error, directory: store.directory)
        }
    }

    static func failure(_ error: LogError, directory: String) -> CommandFailure {
        if error.code == .locked {
            return CommandFailure(
                "\(directory) is in use by another process; when that is a server, ask it: --server http://HOST:PORT")
        }
        let place = error.location.map { $0 == directory ? "" : " (\($0))" } ?? ""
        return CommandFailure("\(directory): \(error.message)\(place)")
    }
}
