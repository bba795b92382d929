import HTTPTypes
import HummingbirdCore
import LogDB

/// What an operator asks of the store.
enum AdministrationRoute {
    /// `POST /api/v1/admin/compact`.
    @Sendable static func compact(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let store = exchange.store
        guard let id = exchange.services.jobs.start("compact", { try await store.compact(progress: $0) }) else {
            throw LogError.stopped
        }
        return exchange.json(status: .accepted) { json in
            json.object { $0.member("job_id", id) }
        }
    }

    /// `POST /api/v1/admin/tier`.
    @Sendable static func tier(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        var members = try await exchange.bodyObject()
        let text = try members.take("older_than") ?? "7d"
        try members.checkAllTaken()
        guard let age = Age(argument: text) else {
            throw Problem.parameter(
                "older_than", "invalid_parameter", "“older_than” is a time such as 7d, 12h or 0s, not “\(text)”.")
        }
        let store = exchange.store
        guard
            let id = exchange.services.jobs.start(
                "tier", { try await store.tier(olderThan: age.duration, progress: $0) })
        else { throw LogError.stopped }
        return exchange.json(status: .accepted) { json in
            json.object { $0.member("job_id", id) }
        }
    }

    /// `GET /api/v1/admin/jobs`.
    @Sendable static func jobs(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        return exchange.json { json in
            json.object { json in
                json.key("jobs")
                json.array(exchange.services.jobs.all) { json, job in json.job(job) }
            }
        }
    }

    /// `GET /api/v1/admin/jobs/{id}`.
    @Sendable static func job(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        guard let job = exchange.services.jobs.job(exchange.pathValues[0]) else {
            throw Problem(
                404, "unknown_job",
                "There is no job “\(exchange.pathValues[0])”; jobs are forgotten when the server stops.")
        }
        return exchange.json { $0.job(job) }
    }

    /// `GET /api/v1/admin/check`.
    @Sendable static func check(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let problems = try await StoreCheck.problems(exchange.store, exchange.services.artifacts)
        return exchange.json { json in
            json.object { json in
                json.member("intact", problems.isEmpty)
                json.key("problems")
                json.array(problems) { json, problem in json.value(problem) }
            }
        }
    }

    /// `GET /api/v1/admin/storage`.
    @Sendable static func storage(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let report = try await exchange.store.storageReport()
        return exchange.json { json in
            json.object { json in
                json.key("tiers")
                json.object { json in
                    json.key("hot")
                    json.tier(report.hot.entries, report.hot.blocks, report.hot.bytes, report.hot.rawBytes)
                    json.key("cold")
                    json.tier(report.cold.entries, report.cold.blocks, report.cold.bytes, report.cold.rawBytes)
                }
                json.key("columns")
                json.array(report.columns) { json, column in
                    json.object { json in
                        json.member("name", column.name)
                        json.member("bytes", column.bytes)
                    }
                }
                json.key("rocksdb")
                json.object { json in
                    for property in report.rocksdb { json.member(property.name, property.value) }
                }
                json.member("segments", report.segments)
                json.key("head")
                json.object { json in
                    json.member("entries", report.headRows)
                    json.member("bytes", report.headBytes)
                }
                json.member("set_aside_entries", report.setAsideEntries)
                json.member("directory_bytes", report.directoryBytes)
                json.member("encryption_key", report.encryptionKey)
            }
        }
    }
}

extension JSONOutput {
    fileprivate mutating func job(_ job: Jobs.Job) {
        object { json in
            json.member("job_id", job.id)
            json.member("kind", job.kind)
            json.member("state", job.state.rawValue)
            json.member("progress", job.progress)
            json.member("detail", job.detail)
            json.member("started", job.started)
            json.member("finished", job.finished)
            if let result = job.result {
                json.key("result")
                result.write(to: &json)
            }
        }
    }

    fileprivate mutating func tier(_ entries: UInt64, _ blocks: UInt64, _ bytes: UInt64, _ rawBytes: UInt64) {
        object { json in
            json.member("entries", entries)
            json.member("blocks", blocks)
            json.member("bytes", bytes)
            json.member("raw_bytes", rawBytes)
        }
    }
}
