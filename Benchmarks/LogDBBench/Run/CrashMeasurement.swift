import LogModel

/// Kills a server right after it acknowledged everything, and counts what the next one has.
struct CrashMeasurement {
    let binary: String
    let home: String
    private static let entryCountMax = 200_000

    func section(_ options: CorpusOptions, batchCount: Int, connectionCount: Int) throws -> Report.Section {
        var options = options
        options.entryCount = min(options.entryCount, CrashMeasurement.entryCountMax)
        let load = PreparedLoad.lines(options, batchCount: batchCount, connectionCount: connectionCount).load
        let first = try ServerProcess(binary: binary, directory: home)
        do {
            _ = try load.send(port: first.port)
        } catch {
            first.killNow()
            throw error
        }
        first.killNow()

        let second = try ServerProcess(binary: binary, directory: home)
        defer { second.stop() }
        var client = try ServerClient(second)
        var question = QueryCase(.count, options.start.microseconds..<options.end.microseconds)
        question.total = load.entryCount
        let found = try client.ask(question)?.total ?? 0
        return Report.Section(
            title: "kill -9 after \(load.entryCount) acknowledged entries",
            figures: [
                Figure(
                    "entries lost", Double(load.entryCount - found), "entries",
                    mismatch: found == load.entryCount ? nil : "\(found) of \(load.entryCount) are there"),
                Figure("start until ready", second.readySeconds * 1_000, "ms"),
            ])
    }
}
