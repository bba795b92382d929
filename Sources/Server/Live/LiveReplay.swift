import LogDB
import LogModel

/// What a stream hands out before it is live: entries that are stored already.
struct LiveReplay {
    let services: Services
    let question: LiveHub.Question

    /// Memory that a replay works with, in bytes.
    private static let byteCountMax = 4 << 20

    /// The entries from `first` on (nil: from the start) and before `end`, oldest first.
    func run(
        from first: LivePosition?, to end: LivePosition, _ body: ([UInt8], Int) async throws -> Void
    ) async throws {
        var memory = Reservation(
            services.scanBytes, most: LiveReplay.byteCountMax, wait: services.limits.inFlightWait)
        defer { memory.release() }
        try await memory.grow(to: LiveReplay.byteCountMax)
        let request = ScanRequest(
            range: question.range, filter: question.filter, order: .oldestFirst,
            memoryByteCountMax: LiveReplay.byteCountMax)
        let scan = first.map { services.store.scan(request, since: $0) } ?? services.store.scan(request)
        let bounds = (first?.sequence ?? 0)..<max(end.sequence, first?.sequence ?? 0)
        for try await rows in scan {
            let indexes = rows.keys.indices.filter { bounds.contains(rows.keys[$0].sequence) }
            if !indexes.isEmpty { try await body(LiveRows.json(rows, indexes: indexes), indexes.count) }
        }
    }
}
