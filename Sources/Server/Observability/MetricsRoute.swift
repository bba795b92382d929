import HummingbirdCore
import LogDB

/// `GET /metrics`.
enum MetricsRoute {
    @Sendable static func metrics(_ exchange: Exchange) async throws -> Response {
        var text = PrometheusText()
        let services = exchange.services
        write(services.store.metrics, to: &text)
        write(services, to: &text)
        write(ProcessUsage.now, to: &text)
        return exchange.bytesAnswer(text.bytes, mediaType: PrometheusText.mediaType)
    }

    private static func write(_ metrics: StoreMetrics, to text: inout PrometheusText) {
        let counters: [(String, String, UInt64)] = [
            ("entries_accepted", "Entries stored.", metrics.entriesAccepted),
            ("entries_duplicate", "Entries sent again, and not stored again.", metrics.entriesDuplicate),
            ("entries_rejected", "Entries that the store refused.", metrics.entriesRejected),
            ("batches_committed", "Batches stored.", metrics.batchesCommitted),
            ("commits", "Synced writes to the log.", metrics.commits),
            ("segments_sealed", "Segments made from memory.", metrics.segmentsSealed),
            ("blocks_sealed", "Blocks made from memory.", metrics.blocksSealed),
            ("segments_merged", "Segments that were merged into others.", metrics.segmentsMerged),
            ("segments_tiered", "Segments that were moved to the cold tier.", metrics.segmentsTiered),
            ("segments_expired", "Segments that the retention removed.", metrics.segmentsExpired),
            ("maintenance_failures", "Background work that failed and is tried again.", metrics.maintenanceFailures),
        ]
        for (name, help, value) in counters { text.metric("logdb_\(name)_total", .counter, help, value) }
        text.metric(
            "logdb_commit_seconds_total", .counter, "Time spent in synced writes to the log.",
            Double(metrics.commitNanoseconds) / 1e9)
        text.metric("logdb_head_entries", .gauge, "Entries in memory that are not sealed.", metrics.headRows)
        text.metric("logdb_head_bytes", .gauge, "Bytes of entries in memory that are not sealed.", metrics.headBytes)
    }

    private static func write(_ services: Services, to text: inout PrometheusText) {
        let counts = services.counters.counts
        func route(_ key: RequestCounters.Key) -> String { key.route.map { services.routes.patterns[$0] } ?? "none" }
        text.begin("logdb_http_requests_total", .counter, "Requests answered, by route and status.")
        for (key, count) in counts {
            text.sample(
                "logdb_http_requests_total", labels: ["route": route(key), "status": String(key.status)],
                count.requests)
        }
        text.begin(
            "logdb_http_request_seconds_total", .counter,
            "Time from a request's head to its answer's, by route and status.")
        for (key, count) in counts {
            text.sample(
                "logdb_http_request_seconds_total", labels: ["route": route(key), "status": String(key.status)],
                Double(count.nanoseconds) / 1e9)
        }
        text.metric(
            "logdb_http_answers_broken_off_total", .counter,
            "Answers that the server could not finish; its log says why.", services.counters.brokenOffCount)
        text.begin("logdb_scrubbed_total", .counter, "What was taken out of entries before they were stored, by class.")
        for (rule, count) in zip(services.scrubber.rules, services.scrubber.replacedCounts) {
            text.sample("logdb_scrubbed_total", labels: ["class": rule.name], count)
        }
        text.metric(
            "logdb_devices_online", .gauge, "Devices whose last heartbeat is not too long ago.",
            services.fleet.directory.onlineCount)
        text.metric("logdb_http_connections", .gauge, "Open connections.", services.connections.count)
        text.metric(
            "logdb_http_connections_stalled_total", .counter, "Connections closed because their client did not read.",
            services.connections.stalledCount)
        text.metric(
            "logdb_http_connections_refused_total", .counter,
            "Connections closed because there were too many for the files that the process may have open.",
            services.connections.refusedCount)
        text.metric("logdb_queries_running", .gauge, "Queries at work.", services.connections.workingCount)
        text.metric(
            "logdb_ingest_body_bytes_total", .counter, "Bytes of ingested bodies, as received.",
            services.counters.ingestedByteCount)
        let held = services.receivedBytes.byteCountMax - services.receivedBytes.freeByteCount
        text.metric("logdb_ingest_in_flight_bytes", .gauge, "Memory that bodies hold.", held)
        let lent = [services.scanBytes, services.gatherBytes].map { $0.byteCountMax - $0.freeByteCount }
        text.metric("logdb_query_memory_bytes", .gauge, "Memory set aside for queries at work.", lent.reduce(0, +))
        text.metric(
            "logdb_queries_waiting", .gauge, "Queries that wait for their turn.", services.queryGate.waitingCount)
        text.metric("logdb_live_streams", .gauge, "Open live streams.", services.streams.count)
        text.metric(
            "logdb_live_dropped_total", .counter, "Rows that live streams were too slow for.",
            services.live.droppedCount)
        let quarantine = services.quarantine.usage
        text.metric("logdb_quarantine_batches", .gauge, "Refused batches that are kept.", quarantine.batchCount)
        text.metric("logdb_quarantine_bytes", .gauge, "Bytes that they take.", quarantine.byteCount)
        text.metric(
            "logdb_quarantine_evicted_total", .counter,
            "Refused batches that were pushed out by newer ones or never fitted, since the store was made.",
            quarantine.evictedCount)
        text.metric(
            "logdb_quarantine_failures_total", .counter, "Refused batches that could not be written down.",
            quarantine.failureCount)
        text.metric(
            "logdb_accepting", .gauge, "1 while entries are taken, else 0.", services.store.health.isAccepting ? 1 : 0)
    }

    private static func write(_ usage: ProcessUsage, to text: inout PrometheusText) {
        text.metric("logdb_process_cpu_seconds_total", .counter, "User and system time.", usage.cpuSeconds)
        text.metric("logdb_process_resident_bytes", .gauge, "Resident memory.", usage.residentByteCount)
        text.metric("logdb_process_open_files", .gauge, "Open file descriptors.", usage.openFileCount)
    }
}
