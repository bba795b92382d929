/// Loads a fresh server and brings what it took to its final form.
struct IngestMeasurement {
    let server: ServerProcess
    let load: PreparedLoad
    /// Bytes of the entries as JSON lines, whatever they are sent as.
    let jsonByteCount: Int

    private var outcome = PreparedLoad.Outcome(wallSeconds: 0, latencies: [], refusalCount: 0)
    private var ingestProcessorSeconds = 0.0
    private var compactionSeconds = 0.0
    private var processorSeconds = 0.0
    private var peakResidentByteCount = 0
    private var writtenByteCount: Int?
    private var directoryByteCount = 0
    private var storage = ServerClient.Storage(entryCount: 0, byteCount: 0, columns: [])

    init(server: ServerProcess, load: PreparedLoad, jsonByteCount: Int) {
        self.server = server
        self.load = load
        self.jsonByteCount = jsonByteCount
    }

    mutating func measure() throws {
        let processorBefore = try server.processorSeconds()
        let writtenBefore = server.writtenByteCount()
        outcome = try load.send(port: server.port)
        ingestProcessorSeconds = try server.processorSeconds() - processorBefore
        peakResidentByteCount = try server.peakResidentByteCount()

        let start = ContinuousClock.now
        var client = try ServerClient(server)
        try client.compact()
        compactionSeconds = (ContinuousClock.now - start).seconds
        processorSeconds = try server.processorSeconds() - processorBefore
        writtenByteCount = server.writtenByteCount().flatMap { after in writtenBefore.map { after - $0 } }
        directoryByteCount = try server.directoryByteCount()
        storage = try client.storage()
    }

    func rates(isTarget: Bool) -> [Figure] {
        let entryCount = Double(load.entryCount)
        let written = writtenByteCount.map(Double.init)
        let remark = written == nil ? "the kernel does not tell" : nil
        return [
            Figure(
                "entries per second of the server's processor time", entryCount / max(ingestProcessorSeconds, 0.01),
                "entries", isTarget ? .atLeast(150_000) : nil),
            Figure(
                "the same, with sealing, merging and flushing", entryCount / max(processorSeconds, 0.01), "entries"),
            Figure("entries per second", entryCount / outcome.wallSeconds, "entries"),
            Figure("acknowledgement, p50", outcome.latencies.percentile(0.5), "ms"),
            Figure("acknowledgement, p99", outcome.latencies.percentile(0.99), "ms"),
            Figure("requests refused for now (429) and sent again", Double(outcome.refusalCount), "requests"),
            Figure(
                "peak resident", Double(peakResidentByteCount) / 1_048_576, "MiB", isTarget ? .atMost(256) : nil),
            Figure("bytes of a request's body per entry", Double(load.byteCount) / entryCount, "bytes"),
            Figure("sealing, merging and flushing, until done", compactionSeconds, "s"),
            Figure(
                "bytes written to storage ÷ bytes of JSON", written.map { $0 / Double(jsonByteCount) }, "×",
                remark: remark),
            Figure(
                "bytes written to storage ÷ bytes stored", written.map { $0 / Double(max(1, directoryByteCount)) }, "×",
                remark: remark),
        ]
    }

    func sizes(isTarget: Bool) -> [Figure] {
        let entryCount = Double(load.entryCount)
        let columns = storage.columns.filter { $0.byteCount > 0 }.sorted { $0.byteCount > $1.byteCount }
        return [
            Figure(
                "bytes per entry, all files", Double(directoryByteCount) / entryCount, "bytes",
                isTarget ? .atMost(45) : nil),
            Figure(
                "entries", Double(storage.entryCount), "entries",
                mismatch: storage.entryCount == load.entryCount ? nil : "not \(load.entryCount)"),
            Figure("columns and index, as the server reports them", Double(storage.byteCount) / entryCount, "bytes"),
        ] + columns.map { Figure("  \($0.name)", Double($0.byteCount) / entryCount, "bytes") }
    }
}
