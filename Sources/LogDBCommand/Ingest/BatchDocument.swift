import LogModel

/// A batch as the JSON document that the ingest route takes: its identity, then the entries in the LogMessage form.
///
/// Entries at `PreparedPiece.noTime` have no time in it, so that the same lines always give the same bytes, by which a
/// store knows them again.
struct BatchDocument {
    private(set) var bytes: [UInt8] = []

    init(_ batch: Batch, identity: BatchIdentity) {
        bytes.reserveCapacity(batch.byteCount * 2 + batch.count * 96)
        append("{\"device\":")
        bytes.appendJSONString(identity.device)
        append(",\"boot\":")
        bytes.appendJSONString(identity.boot)
        append(",\"sequence\":")
        bytes.appendInteger(identity.sequence)
        append(",\"entries\":[")
        for index in 0..<batch.count {
            append(index == 0 ? "\n" : ",\n")
            append(index, of: batch)
        }
        append("\n]}\n")
    }

    private mutating func append(_ index: Int, of batch: Batch) {
        append("{\"message\":")
        batch.messages.withBytes(index) { bytes.appendJSONString($0) }
        if batch.times[index] != PreparedPiece.noTime {
            append(",\"timestamp_us\":")
            bytes.appendInteger(batch.times[index])
        }
        append(",\"level\":\"")
        append((Level(rawValue: batch.levels[index]) ?? .info).name)
        append("\"")
        append(",\"device\":", batch.devices[index], batch)
        append(",\"session_id\":", batch.sessions[index], batch)
        append(",\"module_name\":", batch.modules[index], batch)
        append(",\"logger_name\":", batch.loggers[index], batch)
        append(",\"process_id\":", batch.processes[index], batch)
        append(",\"thread_id\":", batch.threads[index], batch)
        if !batch.contextRange(index).isEmpty {
            append(",\"context\":")
            EntryJSONWriter().appendContext(index, of: batch, to: &bytes)
        }
        append("}")
    }

    private mutating func append(_ name: String, _ string: UInt32, _ batch: Batch) {
        guard !batch.strings.range(Int(string)).isEmpty else { return }
        append(name)
        batch.strings.withBytes(Int(string)) { bytes.appendJSONString($0) }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
