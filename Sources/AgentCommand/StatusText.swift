import Agent

/// The status for a person.
enum StatusText {
    static func lines(_ status: AgentStatus) -> String {
        var rows: [(String, String)] = []
        rows.append(("agent", status.isRunning ? "running, process \(status.processID)" : "not running"))
        rows.append(("device", status.device))
        if let session = status.session { rows.append(("session", session)) }
        rows.append(("server", status.server))
        rows.append(("started", status.started))
        rows.append(("as of", status.updated))
        let spool = status.spool
        rows.append(("spool", "\(spool.depth) entries, \(spool.bytes) of \(spool.bytesMax) bytes"))
        if !spool.unread.isEmpty { rows.append(("", counts(spool.unread))) }
        if spool.cutBytes > 0 { rows.append(("", "\(spool.cutBytes) bytes were left incomplete by a crash")) }
        if spool.damagedBytes > 0 {
            rows.append(
                ("", "\(spool.damagedBytes) bytes cannot be read: \(spool.quarantined.joined(separator: ", "))"))
        }
        for (name, module) in (status.modules ?? [:]).sorted(by: { $0.key < $1.key }) {
            rows.append(("module", name + ": " + text(module)))
        }
        rows.append(("received", "\(status.received)"))
        rows.append(("uploaded", "\(status.uploaded)"))
        if status.resentBatches > 0 { rows.append(("", "\(status.resentBatches) batches were sent again")) }
        for (reason, levels) in status.dropped.sorted(by: { $0.key < $1.key }) {
            rows.append(("dropped", "\(reason): \(counts(levels))"))
        }
        if status.dropped.isEmpty { rows.append(("dropped", "0")) }
        rows.append(("refused", "\(status.refused) by the server, in \(status.refusedBatches) batches whole"))
        for (reason, count) in status.refusedMessages.sorted(by: { $0.key < $1.key }) {
            rows.append(("", "\(count) messages: \(reason)"))
        }
        if let last = status.lastRefusedMessages.last {
            rows.append(("", "the last: \(last.detail): \(last.beginning.debugDescription)"))
        }
        if let offset = status.clockOffsetSeconds, abs(offset) >= 1 {
            rows.append(("clock", "\(abs(offset)) s \(offset > 0 ? "ahead of" : "behind") the server's"))
        }
        if let error = status.uploadError { rows.append(("sending", "fails: \(error)")) }
        if let error = status.lastError { rows.append(("last error", error)) }
        return rows.map { name, text in
            name + String(repeating: " ", count: max(1, 12 - name.count)) + text + "\n"
        }.joined()
    }

    private static func text(_ module: ModuleStatus) -> String {
        let state =
            module.processID.map { "runs, process \($0)" }
            ?? (module.isEnded ? "has ended" : "waits to be started")
        let starts = module.startCount > 1 ? ", started \(module.startCount) times" : ""
        return state + starts + (module.lastEnd.map { "; the last time it \($0)" } ?? "")
    }

    private static func counts(_ levels: [String: Int]) -> String {
        ["FATAL", "ERROR", "WARN", "INFO", "DEBUG"].compactMap { name in levels[name].map { "\($0) \(name)" } }
            .joined(separator: ", ")
    }
}
