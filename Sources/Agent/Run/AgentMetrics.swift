/// The status as Prometheus reads it (text format 0.0.4).
enum AgentMetrics {
    static func text(_ status: AgentStatus) -> String {
        var text = ""
        func add(_ name: String, _ kind: String, _ help: String, _ values: [(labels: String, value: Int)]) {
            text += "# HELP logdb_agent_\(name) \(help)\n# TYPE logdb_agent_\(name) \(kind)\n"
            for (labels, value) in values { text += "logdb_agent_\(name)\(labels) \(value)\n" }
        }
        func one(_ name: String, _ kind: String, _ help: String, _ value: Int) { add(name, kind, help, [("", value)]) }
        one("received_entries_total", "counter", "Entries that inputs handed over.", status.received)
        one("uploaded_entries_total", "counter", "Entries that the server has.", status.uploaded)
        one("refused_entries_total", "counter", "Entries that the server refused.", status.refused)
        one("refused_batches_total", "counter", "Batches that the server refused whole.", status.refusedBatches)
        one("resent_batches_total", "counter", "Batches sent again as the server had lost them.", status.resentBatches)
        add(
            "input_received_total", "counter", "What each input got, good or bad.",
            status.inputs.sorted { $0.key < $1.key }.map { ("{input=\"\(escaped($0.key))\"}", $0.value) })
        let modules = (status.modules ?? [:]).sorted { $0.key < $1.key }
        if !modules.isEmpty {
            add(
                "module_up", "gauge", "1 while a module that the agent starts runs.",
                modules.map { ("{module=\"\(escaped($0.key))\"}", $0.value.processID == nil ? 0 : 1) })
            add(
                "module_starts_total", "counter", "How often a module was started.",
                modules.map { ("{module=\"\(escaped($0.key))\"}", $0.value.startCount) })
        }
        add(
            "refused_messages_total", "counter", "What came that is no entry.",
            status.refusedMessages.sorted { $0.key < $1.key }.map { ("{reason=\"\(escaped($0.key))\"}", $0.value) })
        add(
            "dropped_entries_total", "counter", "Entries that were dropped.",
            status.dropped.sorted { $0.key < $1.key }.flatMap { reason, levels in
                levels.sorted { $0.key < $1.key }.map {
                    ("{reason=\"\(reason)\",level=\"\($0.key)\"}", $0.value)
                }
            })
        one("spool_entries", "gauge", "Entries that the server has not got.", status.spool.depth)
        one("spool_bytes", "gauge", "Bytes of the spool.", status.spool.bytes)
        one("spool_bytes_max", "gauge", "The most bytes that the spool may have.", status.spool.bytesMax)
        one("spool_damaged_bytes", "gauge", "Bytes of the spool that cannot be read.", status.spool.damagedBytes)
        one("ring_entries", "gauge", "Entries in memory that wait for the disk.", status.spool.ring)
        one("upload_failing", "gauge", "1 when the last attempt to send failed.", status.uploadError == nil ? 0 : 1)
        return text
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
