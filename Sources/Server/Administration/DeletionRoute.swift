import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import Query

/// Takes entries out of the store.
enum DeletionRoute {
    /// `DELETE /api/v1/logs?query=…`.
    @Sendable static func delete(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let isDryRun = try parameters.takeChoice("dry_run", ["true": true, "false": false]) ?? false
        let query = try QueryParameters(&parameters)
        try parameters.checkAllTaken()
        guard !query.text.isEmpty else {
            throw Problem.parameter(
                "query", "missing_parameter", "“query” says which entries go; * is all of them.", expected: ["a query"])
        }
        let ready = try query.query(default: .everything, limits: exchange.limits, hasDeadline: true)
        guard ready.syntax.pipes.isEmpty else {
            throw Problem(
                400, "pipes_in_deletion", "Entries go whole, by what they are; leave out the pipes.",
                errors: [.init(code: "pipes_in_deletion", message: "A deletion has no pipes.", parameter: "query")])
        }
        let store = exchange.store
        if isDryRun {
            let count = try await store.countDeletable(ready.filter, range: ready.range)
            return exchange.json { json in json.object { $0.member("entries", count) } }
        }
        let deletion = try await Deletions(store).delete(
            ready.filter, range: ready.range, query: query.text, by: exchange.author)
        guard let id = start(exchange.services, isAlone: false) else { throw LogError.stopped }
        return exchange.json(status: .accepted) { json in
            json.object { json in
                json.member("job_id", id)
                json.member("deletion_id", deletion.id)
                json.member("entries", deletion.hiddenCount)
            }
        }
    }

    /// `GET /api/v1/admin/deletions`.
    @Sendable static func list(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let deletions = try await exchange.store.deletions()
        return exchange.json { json in
            json.object { json in
                json.key("deletions")
                json.array(deletions.reversed()) { json, deletion in
                    json.object { json in
                        json.member("id", deletion.id)
                        json.member("query", deletion.query)
                        json.member("author", deletion.author)
                        json.member("created", Timestamp(microseconds: deletion.created))
                        json.member("entries", deletion.hiddenCount)
                        json.member("purged_entries", deletion.purgedCount)
                        json.member("purged", deletion.purged.map { Timestamp(microseconds: $0) })
                    }
                }
            }
        }
    }

    /// Goes on with what was asked for before the server was started.
    static func resume(_ services: Services) {
        if services.store.hasDeletedEntries { _ = start(services, isAlone: true) }
    }

    private static func start(_ services: Services, isAlone: Bool) -> String? {
        let store = services.store
        return services.jobs.start("delete", isAlone: isAlone) { try await store.purgeDeleted(progress: $0) }
    }
}
