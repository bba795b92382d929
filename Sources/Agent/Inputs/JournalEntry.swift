import LogModel

/// An entry of the systemd journal, as `journalctl --output=json` writes it: a JSON object a line.
struct JournalEntry {
    var cursor: String
    var entry: Entry

    /// - Parameter defaults: The device and the session.
    /// - Returns: Nil for what is no entry of a journal.
    init?(_ line: [UInt8], defaults: EntryDecoder.Defaults) {
        guard let json = JSONValue(line), let cursor = json["__CURSOR"]?.text,
            let time = json["__REALTIME_TIMESTAMP"]?.text.flatMap({ Int64($0) })
        else { return nil }
        self.cursor = cursor
        func text(_ name: String) -> String? { json[name].flatMap { JournalEntry.text($0) } }
        var context: [Entry.Attribute] = []
        if let unit = text("_SYSTEMD_UNIT") { context.append(Entry.Attribute("unit", unit)) }
        if let host = text("_HOSTNAME") { context.append(Entry.Attribute("host", host)) }
        if let transport = text("_TRANSPORT") { context.append(Entry.Attribute("transport", transport)) }
        let unit = text("_SYSTEMD_UNIT").map { $0.hasSuffix(".service") ? String($0.dropLast(8)) : $0 }
        entry = Entry(
            time: Timestamp(microseconds: time), level: JournalEntry.level(text("PRIORITY")),
            device: defaults.device ?? "", session: defaults.session ?? "",
            module: defaults.module ?? text("SYSLOG_IDENTIFIER") ?? unit ?? "journal",
            logger: defaults.logger ?? "journal", process: text("_PID") ?? text("SYSLOG_PID") ?? "",
            thread: text("_TID") ?? "", message: text("MESSAGE") ?? "", context: context)
    }

    /// A field's text: what is not UTF-8, or has control characters, is an array of bytes; of several values the last.
    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): return text
        case .array(let elements):
            if case .number = elements.first {
                return String(
                    decoding: elements.compactMap { $0.integer.flatMap { UInt8(exactly: $0) } }, as: UTF8.self)
            }
            return elements.last.flatMap { text($0) }
        default: return nil
        }
    }

    /// syslog's priorities (RFC 5424, table 2).
    private static func level(_ priority: String?) -> Level {
        switch priority.flatMap({ Int($0) }) {
        case 0, 1, 2: .fatal
        case 3: .error
        case 4: .warn
        case 7: .debug
        default: .info
        }
    }
}
