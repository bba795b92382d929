import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import NIOCore
import Query

/// `GET|POST /api/v1/logs`: the rows that a query finds, a page at a time or as a stream.
enum SearchRoute {
    private static let linesMediaType = "application/x-ndjson"

    @Sendable static func search(_ exchange: Exchange) async throws -> Response {
        let start = ContinuousClock.now
        var parameters = try exchange.parameters()
        if exchange.request.method == .post { parameters.append(contentsOf: try await members(exchange)) }
        let isStream = exchange.request.headers[.accept]?.contains(linesMediaType) ?? false
        let limits = exchange.limits
        let limit = try parameters.takeInteger("limit", in: 1...limits.rowCountMax)
        let cursor = try parameters.take("cursor")
        let order = try parameters.takeChoice("order", ["desc": ScanOrder.newestFirst, "asc": .oldestFirst])
        let query = try QueryParameters(&parameters)
        try parameters.checkAllTaken()

        let ready = try query.query(
            default: .lastHour, order: order ?? .newestFirst,
            rowLimit: limit ?? (isStream ? nil : limits.rowCountDefault),
            cursor: try cursor.map { (text) throws(QueryErrors) in try Cursor(text: text) }, limits: limits,
            hasDeadline: !isStream)
        return try await exchange.whileClientStays {
            let (answer, memory) = try await exchange.run(ready)
            switch answer {
            case .table(let table):
                let pages = try await TablePages(table, memory)
                if isStream { return tableStream(pages, exchange) }
                return try await tableAnswer(pages, ready, exchange, start)
            case .entries(let entries):
                if isStream {
                    return rowStream(try await RowPages(entries, memory, fetching: 1), exchange)
                }
                let pages = try await RowPages(entries, memory, fetching: 2)
                return try await rowAnswer(pages, ready, exchange, start)
            }
        }
    }

    private static func members(_ exchange: Exchange) async throws -> [(name: String, value: String)] {
        let contentType = exchange.request.headers[.contentType]?.split(separator: ";").first?.trimmingSpaces()
        guard !exchange.body.isAnnounced || contentType?.lowercased() == "application/json" else {
            throw Problem(415, "unsupported_type", "The parameters of a query are sent as application/json.")
        }
        guard exchange.body.isAnnounced else { return [] }
        guard try ContentCoding(contentEncoding: exchange.request.headers[.contentEncoding]) == .identity else {
            throw Problem(415, "unsupported_encoding", "The parameters of a query are sent uncompressed.")
        }
        let byteCountMax = exchange.limits.queryBodyByteCountMax
        var reservation = Reservation(
            exchange.services.receivedBytes, most: exchange.body.declaredByteCount ?? byteCountMax,
            wait: exchange.limits.inFlightWait)
        defer { reservation.release() }
        let collector = BodyCollector(byteCountMax: byteCountMax, limits: exchange.limits)
        let body = try await collector.collect(exchange.body, &reservation)
        return try body.withUnsafeReadableBytesTyped { (bytes) throws(Problem) in
            try Parameters.members(ofJSON: bytes)
        }
    }

    // MARK: A page

    private static func rowAnswer(
        _ pages: RowPages, _ query: LogQuery, _ exchange: Exchange, _ start: ContinuousClock.Instant
    ) async throws -> Response {
        guard pages.isAtEnd else {
            // More than one chunk: it goes out as it is found, so that the page is never in memory whole.
            return exchange.streamAnswer(mediaType: "application/json") { sink in
                var sink = sink
                var page = PageWriter(columns: pages.answer.columns)
                while let rows = try await pages.next() { try await sink.write(page.piece(rows)) }
                try await sink.write(page.end(pages.answer, query, since: start))
                try await sink.finish()
            }
        }
        var page = PageWriter(columns: pages.answer.columns)
        var bytes: [UInt8] = []
        while let rows = try await pages.next() { bytes += page.piece(rows) }
        bytes += page.end(pages.answer, query, since: start)
        return exchange.json(bytes)
    }

    private static func tableAnswer(
        _ pages: TablePages, _ query: LogQuery, _ exchange: Exchange, _ start: ContinuousClock.Instant
    ) async throws -> Response {
        let table = pages.answer
        var rows: [[Value]] = []
        while let chunk = try await pages.next() { rows += chunk }
        let page = rows
        return exchange.json { json in
            json.object { json in
                json.key("columns")
                json.array(table.columns) { json, name in json.value(name) }
                json.key("rows")
                json.array(page) { json, row in json.row(row, table.columns) }
                json.member("next_cursor", table.nextCursor()?.text)
                json.range(query.range, zone: query.zoneName)
                json.statistics(table.statistics(), since: start)
                json.warnings(table.warnings())
            }
        }
    }

    // MARK: A stream

    private static func rowStream(_ pages: RowPages, _ exchange: Exchange) -> Response {
        exchange.streamAnswer(mediaType: linesMediaType) { sink in
            var sink = sink
            var writer = RowFileWriter(.lines, columns: pages.answer.columns)
            while let rows = try await pages.next() { try await sink.write(writer.piece(rows)) }
            try await sink.finish(trailers: trailers(pages.answer.statistics(), pages.answer.nextCursor()))
        }
    }

    private static func tableStream(_ pages: TablePages, _ exchange: Exchange) -> Response {
        exchange.streamAnswer(mediaType: linesMediaType) { sink in
            var sink = sink
            let table = pages.answer
            var writer = TableFileWriter(.lines, columns: table.columns)
            while let rows = try await pages.next() { try await sink.write(writer.piece(rows)) }
            try await sink.finish(trailers: trailers(table.statistics(), table.nextCursor()))
        }
    }

    /// What a stream of rows has no place for.
    static func trailers(_ statistics: ScanStatistics, _ cursor: Cursor?) -> HTTPFields? {
        var trailers: HTTPFields = [:]
        if statistics.blocksDamaged > 0 { trailers[.partial] = "true" }
        if let cursor { trailers[.nextCursor] = cursor.text }
        return trailers.isEmpty ? nil : trailers
    }
}

extension HTTPField.Name {
    /// A trailer: blocks that are damaged were left out.
    static let partial = HTTPField.Name("X-Partial")!
    /// A trailer: where the next page begins.
    static let nextCursor = HTTPField.Name("X-Next-Cursor")!
}

/// Writes the answer to a query as one JSON object, its rows first.
private struct PageWriter {
    private var rows: RowWriter
    private var isFirst = true

    init(columns: [Field]?) { rows = RowWriter(columns: columns) }

    mutating func piece(_ found: Rows) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(found.batch.byteCount * 2)
        for index in 0..<found.count {
            bytes.append(contentsOf: (isFirst ? "{\"rows\":[" : ",").utf8)
            isFirst = false
            rows.append(index, of: found, to: &bytes)
        }
        return bytes
    }

    func end(_ answer: EntryAnswer, _ query: LogQuery, since start: ContinuousClock.Instant) -> [UInt8] {
        var json = JSONOutput()
        json.object { json in
            json.member("next_cursor", answer.nextCursor()?.text)
            json.range(query.range, zone: query.zoneName)
            json.statistics(answer.statistics(), since: start)
            json.warnings(answer.warnings())
        }
        // The object goes on where the rows ended.
        return Array((isFirst ? "{\"rows\":[]," : "],").utf8) + json.bytes.dropFirst()
    }
}

extension JSONOutput {
    /// A row of a table as an object.
    mutating func row(_ values: [Value], _ columns: [String]) {
        object { json in
            for (name, value) in zip(columns, values) {
                json.key(name)
                json.value(value)
            }
        }
    }
}
