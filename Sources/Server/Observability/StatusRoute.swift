import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import Query
import Synchronization

/// What the server says of itself.
enum StatusRoute {
    /// `GET /health`: the process lives.
    @Sendable static func health(_ exchange: Exchange) async throws -> Response {
        exchange.json { json in
            json.object { json in
                json.member("status", "ok")
                // So that a device can tell how wrong its clock is.
                json.member("time", Timestamp.now)
            }
        }
    }

    /// `GET /ready`: entries are taken and queries answered; 503 with the reason otherwise.
    @Sendable static func ready(_ exchange: Exchange) async throws -> Response {
        let services = exchange.services
        if services.isDraining.load(ordering: .acquiring) {
            throw Problem(503, "stopping", "The server is stopping.", retryAfterSeconds: Problem.longRetryAfterSeconds)
        }
        let health = services.store.health
        if !health.isAccepting {
            throw Problem(
                503, health.reason?.code.name ?? "not_accepting",
                "No entries are taken: \(health.reason?.message ?? "the store gives no reason"). Queries are answered.",
                retryAfterSeconds: Problem.longRetryAfterSeconds)
        }
        return exchange.json { json in
            json.object { $0.member("status", "ready") }
        }
    }

    /// `GET /api/v1/version`.
    @Sendable static func version(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        return exchange.json { json in
            json.object { json in
                json.member("name", "logdb")
                json.member("version", ServerVersion.text)
                json.member("api", "v1")
            }
        }
    }

    /// `GET /api/v1/limits`. Sizes are in bytes, times in seconds.
    @Sendable static func limits(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let limits = exchange.limits
        return exchange.json { json in
            json.object { json in
                json.member("body_bytes", limits.bodyByteCountMax)
                json.member("body_entries", LogStore.batchRowCountMax)
                json.member("line_bytes", limits.entry.lineByteCountMax)
                json.member("id_bytes", limits.entry.idByteCountMax)
                json.member("field_count", limits.entry.attributeCountMax)
                json.member("field_name_bytes", limits.entry.keyByteCountMax)
                json.member("depth", limits.entry.depthMax)
                json.member("errors", limits.rejectionCountMax)
                json.member("in_flight_bytes", limits.inFlightByteCountMax)
                json.member("quarantine_bytes", limits.quarantineByteCountMax)
                json.member("artifact_quota_bytes", limits.artifactQuota)
                json.member("artifact_path_bytes", ArtifactPath.byteCountMax)
                json.member("artifacts_per_session", Artifacts.perSessionCountMax)
                json.member("rows", limits.rowCountMax)
                json.member("rows_default", limits.rowCountDefault)
                json.member("context_rows", limits.neighbourCountMax)
                json.member("query_bytes", QueryLimits.byteCountMax)
                json.member("query_body_bytes", limits.queryBodyByteCountMax)
                json.member("query_seconds", limits.queryTimeMax / .seconds(1))
                json.member("query_memory_bytes", limits.queryByteCountMax)
                json.member("queries_memory_bytes", limits.queriesByteCountMax)
                json.member("queries", limits.queryCountMax)
                json.member("histogram_buckets", QueryLimits.bucketCountMax)
                json.member("idle_seconds", limits.idleTime / .seconds(1))
                json.member("open_streams", limits.openStreamCountMax)
            }
        }
    }
}
