import HummingbirdCore
import LogDB
import Query

/// Facets: which fields the entries have, and which values a field has.
enum FieldsRoute {
    /// `GET /api/v1/logs/fields`.
    @Sendable static func names(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let query = try QueryParameters(&parameters)
        try parameters.checkAllTaken()
        let limits = exchange.limits
        let written = try query.query(default: .lastHour, limits: limits, hasDeadline: true)
        let counts = try await exchange.whileClientStays {
            if query.isUnfiltered, written.syntax.filter == .everything {
                return try await exchange.store.fieldNames(
                    range: written.range, filter: .everything, deadline: ContinuousClock.now + limits.queryTimeMax
                ).map { ($0.field.columnName, $0.count) }
            }
            let entries = try query.query(withPipes: [], in: written.syntax, rowLimit: nil, limits: limits)
            let (answer, memory) = try await exchange.run(entries)
            guard case .entries(let pages) = answer else { return [] }
            var tally = FieldTally()
            for try await rows in pages { tally.add(rows) }
            return withExtendedLifetime(memory) { tally.counts }
        }
        return exchange.json { json in
            json.object { json in
                json.key("values")
                json.array(counts) { json, count in
                    json.object { json in
                        json.member("value", count.0)
                        json.member("count", count.1)
                    }
                }
                json.range(written.range, zone: written.zoneName)
                json.warnings(written.warnings + written.ignoredPipes)
            }
        }
    }

    /// `GET /api/v1/logs/fields/{name}/values`: the most frequent first.
    @Sendable static func values(_ exchange: Exchange) async throws -> Response {
        let start = ContinuousClock.now
        var parameters = try exchange.parameters()
        let limits = exchange.limits
        let limit = try parameters.takeInteger("limit", in: 1...limits.rowCountMax) ?? limits.rowCountDefault
        let query = try QueryParameters(&parameters)
        try parameters.checkAllTaken()
        let written = try query.query(default: .lastHour, limits: limits, hasDeadline: true)
        let name = FieldName(reading: exchange.pathValues[0])
        let count = FieldName(name.name == "n" ? "count" : "n")
        let pipes = [
            PipeSyntax(.stats([AggregateSyntax(.count, name: count)], by: [.field(name)])),
            PipeSyntax(.sort([SortSyntax(count, isDescending: true)])),
        ]
        // One more, since entries without the field make a group that is left out.
        let counting = try query.query(withPipes: pipes, in: written.syntax, rowLimit: limit + 1, limits: limits)
        let (table, rows) = try await exchange.whileClientStays { () -> (TableAnswer?, [[Value]]) in
            guard case .table(let table) = try await counting.run(on: exchange.store) else { return (nil, []) }
            return (table, try await table.rows())
        }
        let groups = rows.filter { $0.count == 2 && $0[0] != .missing }.prefix(limit)
        return exchange.json { json in
            json.object { json in
                json.key("values")
                json.array(groups) { json, group in
                    json.object { json in
                        json.key("value")
                        json.value(group[0])
                        json.key("count")
                        json.value(group[1])
                    }
                }
                json.range(written.range, zone: written.zoneName)
                json.statistics(table?.statistics() ?? ScanStatistics(), since: start)
                json.warnings(written.warnings + written.ignoredPipes + (table?.warnings() ?? []))
            }
        }
    }
}
