import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import Query

/// `GET /api/v1/logs/export`: everything that a query finds, as a download of any size.
enum ExportRoute {
    @Sendable static func export(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let format = try parameters.takeChoice(
            "format", ["csv": RowFileWriter.Format.csv, "json": .json, "ndjson": .lines])
        let order = try parameters.takeChoice("order", ["desc": ScanOrder.newestFirst, "asc": .oldestFirst])
        let now = Timestamp.now
        let query = try QueryParameters(&parameters, now: now)
        try parameters.checkAllTaken()
        let ready = try query.query(
            default: .everything, order: order ?? .newestFirst, limits: exchange.limits, hasDeadline: false)
        return try await exchange.whileClientStays {
            let format = format ?? .lines
            let headers: HTTPFields = [
                .contentDisposition: "attachment; filename=\"\(fileName(now)).\(format.fileExtension)\"",
                .xContentTypeOptions: "nosniff",
            ]
            let (answer, memory) = try await exchange.run(ready)
            switch answer {
            case .table(let table):
                let pages = try await TablePages(table, memory)
                return exchange.streamAnswer(mediaType: format.mediaType, headers: headers) { sink in
                    var sink = sink
                    var writer = TableFileWriter(format, columns: table.columns)
                    while let rows = try await pages.next() { try await sink.write(writer.piece(rows)) }
                    try await sink.write(writer.end())
                    try await sink.finish(trailers: SearchRoute.trailers(table.statistics(), nil))
                }
            case .entries(let entries):
                let pages = try await RowPages(entries, memory, fetching: 1, isAhead: true)
                return exchange.streamAnswer(mediaType: format.mediaType, headers: headers) { sink in
                    var sink = sink
                    var writer = RowFileWriter(format, columns: entries.columns)
                    while let rows = try await pages.next() { try await sink.write(writer.piece(rows)) }
                    try await sink.write(writer.end())
                    try await sink.finish(trailers: SearchRoute.trailers(entries.statistics(), nil))
                }
            }
        }
    }

    /// `logdb-20250103T143212Z`.
    private static func fileName(_ now: Timestamp) -> String {
        let digits = now.description.prefix(19).filter { $0 != "-" && $0 != ":" }
        return "logdb-\(digits)Z"
    }
}
