import HummingbirdCore
import LogDB
import LogModel

/// One entry by its identity, alone or among its neighbours.
enum EntryRoute {
    /// `GET /api/v1/logs/{id}`.
    @Sendable static func entry(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let rows = try await exchange.store.entry(try key(exchange))
        guard !rows.isEmpty, isVisible(rows, at: 0, exchange) else { throw unknown(exchange) }
        var bytes: [UInt8] = []
        var writer = RowWriter(columns: nil)
        writer.append(0, of: rows, to: &bytes)
        return exchange.json(bytes)
    }

    /// `GET /api/v1/logs/{id}/context`: the entry and its neighbours of the same session, oldest first.
    @Sendable static func context(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let bounds = 0...exchange.limits.neighbourCountMax
        let standard = exchange.limits.neighbourCountDefault
        let before = try parameters.takeInteger("before", in: bounds) ?? standard
        let after = try parameters.takeInteger("after", in: bounds) ?? standard
        try parameters.checkAllTaken()
        let key = try key(exchange)
        let rows = try await exchange.whileClientStays {
            try await exchange.store.context(of: key, before: before, after: after)
        }
        guard let position = rows.keys.firstIndex(of: key), isVisible(rows, at: position, exchange) else {
            throw unknown(exchange)
        }
        return exchange.json { json in
            json.object { json in
                json.key("rows")
                var writer = RowWriter(columns: nil)
                json.array(0..<rows.count) { json, index in
                    json.raw { writer.append(index, of: rows, to: &$0) }
                }
                json.member("index", position)
            }
        }
    }

    /// Neighbours are of the same device.
    private static func isVisible(_ rows: Rows, at index: Int, _ exchange: Exchange) -> Bool {
        exchange.scope.contains(rows.batch.strings[Int(rows.batch.devices[index])])
    }

    private static func key(_ exchange: Exchange) throws(Problem) -> EntryKey {
        guard let key = EntryKey(id: exchange.pathValues[0]) else { throw unknown(exchange) }
        return key
    }

    private static func unknown(_ exchange: Exchange) -> Problem {
        Problem(404, "unknown_entry", "There is no entry with the id “\(exchange.pathValues[0])”.")
    }
}
