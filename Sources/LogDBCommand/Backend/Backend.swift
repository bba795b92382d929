import LogModel

/// Where the logs are: a server, or a data directory opened by this process.
///
/// What fails is thrown as `CommandFailure`, a query that is refused as `QueryRefusal`.
protocol Backend: Sendable {
    /// Runs a query and hands out its rows, page by page.
    func answer(
        _ request: AnswerRequest, _ take: (AnswerPage) async throws -> Void
    ) async throws -> AnswerEnd

    /// Writes everything that a query finds, of any size.
    ///
    /// - Returns: Whether there was anything.
    func export(_ request: ExportRequest, to output: Output) async throws -> Bool

    func storage() async throws -> StorageSummary

    /// Gives back disk space. Calls `progress` with how much is done, 0 to 1, and what is being done.
    func compact(progress: @escaping @Sendable (Double, String) -> Void) async throws

    /// Moves what is older than `age`, as people write it, to the cold tier.
    func tier(olderThan age: String, progress: @escaping @Sendable (Double, String) -> Void) async throws

    /// The retention policy and what it does now, as `RetentionDocument.json` has it.
    ///
    /// - Parameters:
    ///   - document: The policy to set; nil shows the one that holds.
    ///   - isDryRun: Whether it is only tried.
    func retention(setting document: [UInt8]?, isDryRun: Bool) async throws -> JSONValue

    /// Copies all that is stored to `place`.
    ///
    /// - Returns: What the backup is, in a sentence.
    func backup(
        to place: String, copiesColdObjects: Bool, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> String

    /// Brings all that is encrypted under the newest key of the file, backups where their place is given.
    ///
    /// - Returns: What was done, in a sentence.
    func rekey(backups: String?, progress: @escaping @Sendable (Double, String) -> Void) async throws -> String

    /// How many entries a deletion of what the query finds would make gone.
    func countDeletable(_ query: String) async throws -> UInt64

    /// Deletes what the query finds: it is gone from answers when `didHide` is called, and from the disk when this returns.
    ///
    /// - Parameter didHide: Called with the number of entries.
    func delete(
        _ query: String, didHide: (UInt64) throws -> Void, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws

    func close() async
}

struct AnswerRequest: Sendable {
    var text: String
    /// How many rows at most; nil for all.
    var limit: Int?
    var isOldestFirst = false
    /// A time clause that holds as well, as text.
    var since: String?
}

struct AnswerPage: Sendable {
    var rows: [AnswerRow]
    /// The answer's columns, where it has some of its own and they are known.
    var columns: [String]?
}

struct AnswerEnd: Sendable {
    var rowCount = 0
    /// Whether more rows match than the limit let through.
    var hasMore = false
    var warnings: [QueryNote] = []
}

enum ExportFormat: String, CaseIterable, Sendable {
    case csv, json, ndjson
}

struct ExportRequest: Sendable {
    var text: String
    var format: ExportFormat
    var isOldestFirst = false
}
